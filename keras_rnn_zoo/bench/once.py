"""What may be asked for only once."""

from collections import Counter

from keras_rnn_zoo.errors import ZooError


def check_once(kind: str, values: list):
    """Raises a `ZooError` if one of `values` comes twice."""
    for value, count in Counter(values).items():
        if count > 1:
            raise ZooError(f"{kind} {value} is given {count} times: give it once.")
