"""Tabs: what is shown one at a time, by radio buttons, without a script."""

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives


class Tabs(Directive):
    """Tabs whose content is shown one at a time, by radio buttons, without a script: `.. tab:: TITLE` within."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return a box that holds the tabs."""
        box = nodes.container(classes=["tabs"])
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class Tab(Directive):
    """One tab: a button with its title, and what it shows."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"first": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return button and content."""
        title = self.arguments[0]
        name = f"tab-{nodes.make_id(title)}"
        checked = " checked" if "first" in self.options else ""
        button = f'<input type="radio" name="tabs" id="{name}"{checked}><label for="{name}">{title}</label>'
        content = nodes.container(classes=["tab"])
        self.state.nested_parse(self.content, self.content_offset, content)
        return [nodes.raw("", button, format="html"), content]
