"""One value at a time: score first, learn second."""
