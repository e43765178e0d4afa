"""Detectors of scikit-learn and PyOD under their usual short names, in our contract."""
