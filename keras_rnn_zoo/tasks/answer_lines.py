"""A task's answers as lines of text."""

from __future__ import annotations

import contextlib
import sys

from keras_rnn_zoo.errors import ZooError

_TOGETHER = 256  # lines that are answered at a time


class AnswerLines:
    """Prints what a task answers.

    Args:
        task: the task.
        options: of each call.
        scores: print before each answer its score, or its probability.
    """

    def __init__(self, task, options: dict, scores: bool):
        self.task = task
        self.options = options | self._asking(scores)
        self.scores = scores

    def _asking(self, scores: bool) -> dict:
        """By which option the task gives scores or probabilities: by the only name of these that its call knows."""
        if not scores:
            return {}
        return {"return_scores" if hasattr(self.task, "write") else "return_probabilities": True}

    def answer(self, given):
        """Answers one input, an answer a line; what is unknown to the model is noted beside."""
        self._note_unknown([given])
        for line in self._shown(self.task(given, **self.options)):
            print(line)

    def answer_all(self, lines: list[str]):
        """Answers every line by one; an empty line by an empty one."""
        self._note_unknown(lines)
        for start in range(0, len(lines), _TOGETHER):
            chunk = lines[start : start + _TOGETHER]
            answers = iter(self.task([line for line in chunk if line.strip()], **self.options))
            for line in chunk:
                shown = self._shown(next(answers)) if line.strip() else []
                print("\t".join(answer.replace("\n", "\\n") for answer in shown), flush=True)

    def talk(self):
        """Asks for lines and answers each, until an empty one or the end of input."""
        print("A line to answer; an empty one ends.", file=sys.stderr)
        with contextlib.suppress(EOFError, KeyboardInterrupt):
            while line := input("> "):
                try:
                    self.answer(line)
                except ZooError as error:
                    print(f"error: {' '.join(str(error).split())}", file=sys.stderr)

    def _shown(self, answer) -> list[str]:
        if isinstance(answer, list) and not hasattr(self.task, "write"):  # a tagged text, or labelled frames
            return [" ".join(step if isinstance(step, str) else "/".join(map(_short, step)) for step in answer)]
        return [self._line(one) for one in (answer if isinstance(answer, list) else [answer])]

    def _line(self, answer) -> str:
        if isinstance(answer, tuple):
            return "\t".join(f"{chance:.4f}\t{label}" for label, chance in answer[1].items())
        return f"{answer.score:.4f}\t{answer.text}" if self.scores else getattr(answer, "text", answer)

    def _note_unknown(self, given: list):
        vocabulary = getattr(self.task, "source", None) or self.task.vocabularies.get("inputs")
        if vocabulary is None:
            return
        unknown = dict.fromkeys(token for text in given for token in vocabulary.unknown(text))
        if unknown:
            more = f" and {len(unknown) - 20:,} more" if len(unknown) > 20 else ""
            print(f"note: unknown to this model: {' '.join(list(unknown)[:20])}{more}", file=sys.stderr)


def _short(value) -> str:
    return f"{value:.4f}" if isinstance(value, float) else value
