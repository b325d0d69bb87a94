"""What there is to know of a recurrent layer on one batch, as numbers."""

from __future__ import annotations

from keras_rnn_zoo.gradients.omega_of_layer import omega_of
from keras_rnn_zoo.gradients.saturation import saturated_shares
from keras_rnn_zoo.gradients.spectral import spectral_radii
from keras_rnn_zoo.gradients.through_time import LayerErrors

_SHARES = {"activation": "saturated_units", "recurrent_activation": "saturated_gates"}


def summary_of(record: LayerErrors) -> dict[str, float]:
    """A layer's `omega`, `spectral_radius` (of several matrices the largest, then each by name), `saturated_units` and
    `saturated_gates`; those that its cell has.

    Args:
        record: what was measured of the layer.
    """
    radii = spectral_radii(record.layer)
    largest = {"spectral_radius": max(radii.values())} if radii else {}
    each = {f"spectral_radius {name}": radius for name, radius in radii.items()} if len(radii) > 1 else {}
    shares = {_SHARES[attribute]: share for attribute, share in saturated_shares(record).items()}
    return {"omega": omega_of(record), **largest, **each, **shares}
