"""What a reader sees: templates, styles, and the renderer. It takes plain data and knows nothing of the house."""

from __future__ import annotations

from reports.render import STATES, frame, page, render, style

__all__ = ["STATES", "frame", "page", "render", "style"]
