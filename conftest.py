"""Every test may ask for the fixtures of ``devstack.pytest_plugin``."""

pytest_plugins = ["devstack.pytest_plugin"]
