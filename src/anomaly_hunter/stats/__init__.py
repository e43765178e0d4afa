"""Pure numerics on arrays: robust location, seasonality, change points, two-sample tests."""
