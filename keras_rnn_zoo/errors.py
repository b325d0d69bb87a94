"""The one error that a user's own input can cause."""


class ZooError(ValueError):
    """Bad input: says what happened, what was expected, what was received and what to do.

    The command line prints its message as one line and exits with code 2. It is a `ValueError`, so code that
    already guards calls to Keras guards these too.
    """


def unknown_name(kind: str, name, known) -> ZooError:
    """A `ZooError` for a name that is in no table: lists the known ones, the nearest first."""
    from difflib import get_close_matches

    choices = sorted(known)
    nearest = get_close_matches(str(name), choices, n=1, cutoff=0.5)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    return ZooError(f"Unknown {kind} {name!r}.{hint} Known: {', '.join(choices)}.")
