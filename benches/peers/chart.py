"""Horizontal bars on a logarithmic scale, as plain SVG."""

import math
from xml.sax.saxutils import escape

WIDTH = 920
MARGIN = 32
GAP = 40  # Between two panels side by side.
LABELS = 112  # Where bars begin: room for the longest name of an engine.
TAIL = 130  # Where bars end at the latest: room for what is written behind them.
ROW = 22
BAR = 12

INK, SOFT, RULE = "#1c2733", "#66727f", "#e3e7eb"
OURS, THEIRS = "#0b6e69", "#b9c3cc"

STYLE = f"""
text {{ font: 13px system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif; fill: {INK} }}
.head {{ font-size: 20px; font-weight: 650 }}
.panel {{ font-weight: 650 }}
.soft {{ fill: {SOFT} }}
.tick {{ fill: {SOFT}; font-size: 11px; text-anchor: middle }}
.name {{ text-anchor: end }}
.ours {{ font-weight: 650; fill: {OURS} }}
.value {{ font-variant-numeric: tabular-nums }}
"""


def svg(subtitle, panels):
    """A panel is a title, what is measured, and rows of engine, value, and the value in words. The first is as wide as
    the picture, the others stand in pairs.

    Rows whose words begin with "more than" were stopped there: their bar has an open end."""
    parts, y = [], MARGIN + 18
    parts.append(text(MARGIN, y, "nittio and its peers", "head"))
    y += 22
    parts.append(text(MARGIN, y, subtitle, "soft"))
    y += 18
    parts.append(text(MARGIN, y, "Shorter is better. Logarithmic: from one rule to the next is ten times.", "soft"))
    half = (WIDTH - 2 * MARGIN - GAP) / 2
    lines = [panels[:1], *(panels[i : i + 2] for i in range(1, len(panels), 2))]
    for line in lines:
        bottoms = []
        for i, (title, what, rows) in enumerate(line):
            width = WIDTH - 2 * MARGIN if line is lines[0] else half
            rows = sorted(rows, key=lambda row: row[1])
            drawn, bottom = panel(title, what, rows, MARGIN + i * (half + GAP), y + 40, width)
            parts += drawn
            bottoms.append(bottom)
        y = max(bottoms, default=y)
    height = y + MARGIN - 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img">\n<title>nittio and its peers</title>\n<desc>{escape(description(panels))}</desc>\n'
        f"<style>{STYLE}</style>\n"
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def panel(title, what, rows, start, y, width):
    parts = [
        f'<text x="{start:g}" y="{y}"><tspan class="panel">{escape(title)}</tspan>'
        f'<tspan class="soft" dx="8">{escape(what)}</tspan></text>'
    ]
    values = [value for _, value, _ in rows]
    # The shortest bar is never shorter than a third of a decade.
    low = math.floor(math.log10(min(values)) - 1 / 3)
    high = max(math.ceil(math.log10(max(values))), low + 1)
    left, right = start + LABELS, start + width - TAIL

    def across(value):
        return round(left + (math.log10(value) - low) / (high - low) * (right - left), 1)

    top, bottom = y + 26, y + 30 + ROW * len(rows)
    # Figures over every rule, or over every other one where they would touch.
    step = 1 if (right - left) / (high - low) >= 56 else 2
    for power in range(low, high + 1):
        x = across(10**power)
        parts.append(f'<path d="M{x} {top}V{bottom}" stroke="{RULE}"/>')
        if (power - low) % step == 0:
            parts.append(text(x, top - 5, tick(power), "tick"))
    ours = next((value for engine, value, _ in rows if engine == "nittio"), None)
    for i, (engine, value, words) in enumerate(rows):
        middle = top + 4 + ROW * i + ROW / 2
        stopped = words.startswith("more than")
        mine = engine == "nittio"
        fill = OURS if mine else THEIRS
        end = across(value)
        parts.append(text(left - 10, middle + 4.5, engine, "name ours" if mine else "name"))
        parts.append(f'<rect x="{left:g}" y="{middle - BAR / 2:g}" width="{end - left:.1f}" height="{BAR}" fill="{fill}"/>')
        if stopped:
            arrow = f"M{end} {middle - BAR / 2:g}l8 {BAR / 2:g}l-8 {BAR / 2:g}z"
            parts.append(f'<path d="{arrow}" fill="{fill}"/>')
        # Behind the bar, on white, so that no rule goes through the figures.
        x = end + (16 if stopped else 8)
        times = "" if mine or not ours else compared(value / ours, stopped)
        length = 7.2 * len(words) + (7.2 * len(times) + 8 if times else 0)
        parts.append(f'<rect x="{x - 4:g}" y="{middle - 8:g}" width="{length + 8:.0f}" height="16" fill="#fff"/>')
        soft = f'<tspan class="soft" dx="8">{times}</tspan>' if times else ""
        style = "value ours" if mine else "value"
        parts.append(f'<text class="{style}" x="{x:g}" y="{middle + 4.5:g}">{escape(words)}{soft}</text>')
    return parts, bottom


def compared(times, stopped):
    if stopped:
        return ""
    return f"{times:.0f} ×" if times >= 10 else f"{times:.1f} ×" if times >= 1 else f"{times:.2f} ×"


def tick(power):
    return f"{10**power:,}".replace(",", "\u202f") if power >= 0 else f"{10.0**power:.{-power}f}"


def text(x, y, words, style):
    return f'<text class="{style}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def description(panels):
    said = []
    for title, what, rows in panels:
        each = ", ".join(f"{engine} {words}" for engine, _, words in sorted(rows, key=lambda row: row[1]))
        said.append(f"{title}, {what}: {each}.")
    return " ".join(said)
