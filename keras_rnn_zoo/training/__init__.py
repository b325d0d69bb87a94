"""Runs: a configuration in, a folder with a trained and measured model out."""

from importlib import import_module

_HOME_OF = {"RunConfig": "config", "list_configs": "catalogue", "load_model": "saving", "run": "runner"}
__all__ = sorted(_HOME_OF)


def __getattr__(name):
    if name not in _HOME_OF:
        raise AttributeError(f"keras_rnn_zoo.training has no attribute {name!r}. It has: {', '.join(__all__)}.")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
