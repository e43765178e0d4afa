"""Which detectors of scikit-learn and PyOD there are. A plain list: nothing is imported to read it.

Left out are those that need labels (xgbod, devnet, cd), other detectors (lscp, suod), graphs, time
series, texts or sounds, or a single column (mad). ECOD, COPOD and HBOS are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Foreign:
    """Where a detector of another library is found and what it needs."""

    name: str
    library: str
    module: str
    kind: str
    summary: str
    aliases: tuple[str, ...] = ()
    packages: tuple[str, ...] = ("sklearn",)
    least: int = 8  # rows
    among: bool = False  # it compares rows with each other, so new ones are scored among the fitted

    @property
    def missing(self) -> tuple[str, ...]:
        """The packages that are not installed."""
        return tuple(package for package in self.packages if find_spec(package) is None)


_SKLEARN: Final = (
    ("isolation_forest", "ensemble", "IsolationForest", "few random cuts isolate it", ("iforest",)),
    ("lof", "neighbors", "LocalOutlierFactor", "sparser than its neighbours", ("local_outlier_factor",)),
    ("one_class_svm", "svm", "OneClassSVM", "outside a smooth border around the rows", ("ocsvm",)),
    ("elliptic_envelope", "covariance", "EllipticEnvelope", "far from a robust ellipse", ()),
)
_PYOD: Final = (
    ("abod", "ABOD", "sees all others under similar angles"),
    ("cblof", "CBLOF", "far from the large clusters"),
    ("cof", "COF", "badly connected to its neighbours"),
    ("feature_bagging", "FeatureBagging", "LOF on random subsets of the columns"),
    ("gmm", "GMM", "unlikely under a Gaussian mixture"),
    ("hdbscan", "HDBSCAN", "in no cluster of varying density"),
    ("inne", "INNE", "isolated by its nearest neighbours in samples"),
    ("kde", "KDE", "low kernel density"),
    ("knn", "KNN", "far from its fifth nearest neighbour"),
    ("kpca", "KPCA", "badly rebuilt by kernel principal components"),
    ("lmdd", "LMDD", "leaving it out makes the rest smoother"),
    ("loci", "LOCI", "local correlation integral"),
    ("loda", "LODA", "rare in random one-dimensional histograms"),
    ("mcd", "MCD", "far from the minimum covariance determinant"),
    ("pca", "PCA", "far along the principal components"),
    ("qmcd", "QMCD", "quasi-Monte-Carlo discrepancy"),
    ("rgraph", "RGraph", "random walk on a self-representation graph"),
    ("rod", "ROD", "rotations in three-dimensional subspaces"),
    ("sampling", "Sampling", "far from the nearest of 20 sampled rows"),
    ("sod", "SOD", "outlying in a subspace of its neighbours"),
    ("sos", "SOS", "no other row has affinity to it"),
)
_TORCH: Final = (
    ("ae1svm", "AE1SVM", "autoencoder with a one-class SVM"),
    ("alad", "ALAD", "adversarially learned encoder"),
    ("anogan", "AnoGAN", "badly rebuilt by a generative adversarial network"),
    ("auto_encoder", "AutoEncoder", "badly rebuilt by an autoencoder"),
    ("deep_svdd", "DeepSVDD", "outside a learned sphere"),
    ("dif", "DIF", "isolation forest on random deep features"),
    ("lunar", "LUNAR", "graph network over neighbour distances"),
    ("mo_gaal", "MO_GAAL", "many generators against one discriminator"),
    ("so_gaal", "SO_GAAL", "one generator against one discriminator"),
    ("vae", "VAE", "badly rebuilt by a variational autoencoder"),
)
_LEAST: Final = {"cblof": 20}
_AMONG: Final = {"cof", "lmdd", "loci", "rod", "sod", "sos"}
_ALIASES: Final = {
    "auto_encoder": ("autoencoder",),
    "mcd": ("min_cov_det",),
    "kde": ("kernel_density",),
    "gmm": ("gaussian_mixture",),
}


def _all() -> dict[str, Foreign]:
    listed = [
        Foreign(name, "scikit-learn", f"sklearn.{module}", kind, summary, aliases)
        for name, module, kind, summary, aliases in _SKLEARN
    ]
    for names, packages in ((_PYOD, ("sklearn", "pyod")), (_TORCH, ("sklearn", "pyod", "torch"))):
        listed += [
            Foreign(
                name,
                "PyOD",
                f"pyod.models.{name}",
                kind,
                summary,
                _ALIASES.get(name, ()),
                (*packages, "combo") if name == "feature_bagging" else packages,
                _LEAST.get(name, 8),
                name in _AMONG,
            )
            for name, kind, summary in names
        ]
    return {foreign.name: foreign for foreign in listed}


CATALOG: Final[Mapping[str, Foreign]] = MappingProxyType(_all())
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {alias: foreign.name for foreign in CATALOG.values() for alias in foreign.aliases}
)
