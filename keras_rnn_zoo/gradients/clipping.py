"""How an optimizer clips gradients, said where it is easily mistaken."""

import warnings

from keras_rnn_zoo.gradients.update_hook import innermost


def warn_of_clipnorm(optimizer):
    """Warns where `clipnorm` is set, which is another thing than the clipping by norm of the literature.

    `clipnorm` shortens each variable's gradient by itself and so turns the direction of the step; Pascanu et al. 2013 (alg.
    1) shorten all of them together, which is `global_clipnorm`.

    Args:
        optimizer: a Keras optimizer.
    """
    clipnorm = getattr(innermost(optimizer), "clipnorm", None)
    if clipnorm:
        warnings.warn(
            f"clipnorm={clipnorm} clips the gradient of each variable by itself; clipping by the joint norm of all "
            f"(Pascanu et al. 2013) is global_clipnorm={clipnorm}.",
            stacklevel=3,
        )
