"""All layers of a model, with their places in it."""

import keras


def layers_of(model) -> dict[str, keras.layers.Layer]:
    """Every layer inside `model`, however deep, by its path: the names from the outside in, joined by slashes.

    >>> model = keras.Sequential([keras.layers.Bidirectional(keras.layers.GRU(3, name="gru"), name="both")])
    >>> list(layers_of(model))
    ['both', 'both/forward_gru', 'both/forward_gru/gru_cell', 'both/backward_gru', 'both/backward_gru/gru_cell']
    """
    found, known = {}, set()
    _collect(model, "", found, known)
    return found


def recurrent_layers_of(model) -> dict[str, keras.layers.RNN]:
    """Those of `layers_of` that run a cell along time."""
    return {path: layer for path, layer in layers_of(model).items() if isinstance(layer, keras.layers.RNN)}


def _collect(parent, place, found, known):
    for layer in parent._flatten_layers(include_self=False, recursive=False):
        if id(layer) in known:
            continue
        known.add(id(layer))
        found[f"{place}{layer.name}"] = layer
        _collect(layer, f"{place}{layer.name}/", found, known)
