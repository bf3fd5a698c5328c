"""the pairs of an evaluation → a picture: how alike the same person and different persons are, and the ROC."""

from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from vision import verification
from vision.identification import Limits
from vision.verification import Pairs
from wardroom import texts

_SAME: Final = "#0072b2"
_OTHER: Final = "#d55e00"
"""Blue and vermilion of Okabe and Ito's palette, which the colour-blind tell apart."""
_LINE: Final = "#444444"
_SIZE_INCHES: Final = (12.0, 4.8)
_DPI: Final = 120


def write(found: Pairs, limits: Limits, file: Path, language: str) -> None:
    """Write the plot as PNG; raises OSError."""
    figure = Figure(figsize=_SIZE_INCHES, dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    _histogram(left, found, limits, language)
    _roc(right, found, limits, language)
    figure.savefig(file, format="png")


def _histogram(axes: Axes, found: Pairs, limits: Limits, language: str) -> None:
    low = min(-0.2, *(float(values.min()) for values in (found.same, found.other) if len(values)))
    bins = [float(edge) for edge in np.arange(np.floor(low * 20) / 20, 1.0001, 0.05)]
    for values, colour, key in ((found.other, _OTHER, "vision.plot_other"), (found.same, _SAME, "vision.plot_same")):
        label = texts.say(key, language, pairs=len(values))
        if len(values):
            axes.hist(values, bins=bins, color=colour, alpha=0.75, label=label, edgecolor="white", linewidth=0.4)
    axes.axvline(limits.accept, color=_LINE, linestyle="--", label=texts.say("vision.plot_accept", language, accept=limits.accept))
    axes.set_xlabel(texts.say("vision.plot_cosine", language))
    axes.set_ylabel(texts.say("vision.plot_pairs", language))
    axes.set_title(texts.say("vision.plot_histogram", language))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=1)


def _roc(axes: Axes, found: Pairs, limits: Limits, language: str) -> None:
    axes.set_title(texts.say("vision.plot_roc", language))
    axes.set_xlabel(texts.say("vision.plot_false", language))
    axes.set_ylabel(texts.say("vision.plot_true", language))
    if not len(found.same) or not len(found.other):
        axes.text(0.5, 0.5, texts.say("vision.plot_nothing", language), ha="center", va="center", transform=axes.transAxes)
        return
    least = 1 / len(found.other)
    curve = verification.curve(found)
    shown = np.maximum(curve.fpr, least / 3)
    axes.step(np.append(shown, 1.0), np.append(curve.tpr, 1.0), where="post", color=_SAME)
    axes.set_xscale("log")
    axes.set_xlim(least / 3, 1.1)
    axes.set_ylim(0.0, 1.03)
    axes.axvspan(
        least / 3, least, color="#dddddd", alpha=0.6, linewidth=0, label=texts.say("vision.plot_blind", language, pairs=len(found.other))
    )
    true, false = float((found.same >= limits.accept).mean()), float((found.other >= limits.accept).mean())
    label = texts.say("vision.plot_accept", language, accept=limits.accept)
    axes.plot([max(false, least / 2)], [true], "o", color=_OTHER, clip_on=False, label=label)
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=1)
