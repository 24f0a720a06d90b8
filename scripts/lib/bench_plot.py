# SPDX-License-Identifier: GPL-2.0-only
"""A plot of a result of scripts/bench. By itself: python3 scripts/lib/bench_plot.py RESULT.json

One panel for each kind of row that the result has, one line of them for each clock.
"""
import json
import pathlib
import sys

import matplotlib
matplotlib.use("Agg")
from matplotlib import pyplot

OURS, OTHER, BOUND = "#1f77b4", "#999999", "#d62728"
SHADES = {3: "#9ecae1", 20: "#4292c6", 175: "#084594"}


def rows_of(result, beginning, end=""):
    return [row for row in result["rows"]
            if row["key"].startswith(beginning) and row["key"].endswith(end)]


def draw_bounds(axes, places, rows, width):
    for place, row in zip(places, rows):
        if row["bound"] is not None:
            axes.hlines(row["bound"], place - width / 2, place + width / 2, color=BOUND,
                        linewidth=2, label="bound")


def finish(axes, title, unit):
    axes.set_title(title, fontsize=10)
    axes.set_ylabel(unit)
    axes.set_ylim(0, 1.15 * axes.get_ylim()[1])     # room for the legend
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.3)
    named = dict(zip(*reversed(axes.get_legend_handles_labels())))
    axes.legend(named.values(), named.keys(), fontsize=7, frameon=False, ncols=4,
                loc="upper left", columnspacing=1, handlelength=1.2)


def pairs_panel(axes, rows, names, title, unit):
    """Ours beside the in-tree driver, a pair of bars for each row."""
    places = range(len(rows))
    axes.bar([place - 0.2 for place in places], [row["ours"] for row in rows], 0.38,
             color=OURS, label="ours")
    axes.bar([place + 0.2 for place in places], [row["other"] for row in rows], 0.38,
             color=OTHER, label="in-tree")
    draw_bounds(axes, places, rows, 0.8)
    axes.set_xticks(list(places), names, fontsize=8)
    finish(axes, title, unit)


def cells_panel(axes, rows, title, unit, scale):
    """A group of bars for each think time, one bar for each byte time.

    scale: of a row, what its values are divided by.
    """
    thinks = sorted({row["more"]["think_us"] for row in rows})
    bytes_us = sorted({row["more"]["byte_us"] for row in rows})
    width = 0.8 / len(bytes_us)
    for row in rows:
        shade = bytes_us.index(row["more"]["byte_us"])
        place = thinks.index(row["more"]["think_us"]) + (shade - (len(bytes_us) - 1) / 2) * width
        by = scale(row)
        axes.bar(place, row["ours"] / by, width * 0.95,
                 color=SHADES[row["more"]["byte_us"]],
                 label=f"{row['more']['byte_us']} us a byte")
        draw_bounds(axes, [place], [{"bound": row["bound"] / by}], width)
    axes.set_xticks(range(len(thinks)), [f"{think / 1000:g} ms" for think in thinks])
    axes.set_xlabel("think time")
    finish(axes, title, unit)


def counted_panels(result):
    rows = [row for row in rows_of(result, "counted.") if row["other"] is not None]
    if rows:
        names = [row["what"].removeprefix("Get Device ID ") for row in rows]
        yield lambda axes: pairs_panel(axes, rows, names,
                                       "Get Device ID, counted instructions", "us")


def waiting_panels(result):
    latency = [row for row in rows_of(result, "waiting.", ".latency")]
    cpu = [row for row in rows_of(result, "waiting.", ".cpu")]
    if latency and cpu:
        yield lambda axes: cells_panel(axes, latency, "Latency, a waiting BMC (kcs_sim)",
                                       "latency / ideal", lambda row: row["other"])
        yield lambda axes: cells_panel(axes, cpu, "CPU time of a message (kcs_sim)", "us",
                                       lambda row: 1)


def extern_panels(result):
    for how in ("interrupt", "polled"):
        for kind, unit, what in (("p50", "ms", "p50"), ("cpu", "% of a CPU", "CPU share")):
            rows = rows_of(result, f"extern.{how}.", f".{kind}")
            if rows:
                names = [f"{row['more']['think_ms']:g} ms" for row in rows]
                title = f"{what}, {how}, by think time (host-timed)"
                yield lambda axes, rows=rows, names=names, title=title, unit=unit: \
                    pairs_panel(axes, rows, names, title, unit)


def plot(result, path):
    """Draw a result into a file; returns its path, or None if there is nothing to draw."""
    groups = [[*counted_panels(result), *waiting_panels(result)], [*extern_panels(result)]]
    groups = [group for group in groups if group]
    if not groups:
        return None
    columns = max(map(len, groups))
    figure, grid = pyplot.subplots(len(groups), columns, squeeze=False,
                                   figsize=(4.6 * columns, 3.6 * len(groups) + 0.6))
    for group, line in zip(groups, grid):
        for draw, axes in zip(group, line):
            draw(axes)
        for axes in line[len(group):]:
            axes.set_visible(False)
    figure.suptitle(f"kcs {result['commit']}, Linux {result['kernel']}, {result['date']}",
                    fontsize=11)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
    return path


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source = pathlib.Path(sys.argv[1])
    print(plot(json.loads(source.read_text()), source.with_suffix(".png")))
