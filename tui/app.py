"""The chat's application: what every screen shares. Nothing heavy is imported before the first paint."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.notifications import Notify, SeverityLevel
from textual.screen import Screen

from qa.display import visible
from qa.errors import QuothError
from tui import clipboard, garbage, titles
from tui.colourless import OwnGround
from tui.crash import Unshown
from tui.digits import take_alt_digits
from tui.engine import Engine
from tui.faults import sentence
from tui.hangup import end_with_terminal
from tui.outside import NoControls
from tui.palette import system_commands
from tui.plain import PlainCharacters, plain_terminal
from tui.remembered import Remembered
from tui.screens.chat import ChatScreen
from tui.screens.confirm import Confirm
from tui.themes import DARK, THEMES
from tui.typing import TakesTyping

if TYPE_CHECKING:
    from qa import Source
    from tui.adding import Adding
    from tui.messages import ScopeWanted

SWITCH = 0.001
"""Seconds after which a working thread lets another one go on; Python's 0.005 make keys wait behind an import."""

NAMES_OF_SIGNS = {"⏎": "enter", "↑": "up", "↓": "down", "←": "left", "→": "right"}

PATIENCE = 1.0
"""Seconds that leaving waits for what is still being done."""


class QuothApp(Unshown):
    """The chat over one library."""

    CSS_PATH = "quoth.tcss"
    TITLE = "Quoth"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True, show=False),
        Binding("f1", "help", "Help", id="app.help"),
        Binding("ctrl+z", "suspend_process", "Suspend", id="app.suspend", show=False),
    ]

    def __init__(self, library: str | None = None, paths: Sequence[str] = ()) -> None:
        """library: a name or path; None is the one of the settings. paths: added when the chat opens."""
        super().__init__()
        self.engine = Engine(library)
        self.sources: tuple[Source, ...] = ()
        self.error: QuothError | None = None
        self.keys: Mapping[str, str] = {}
        self.remembered = Remembered()
        self._copying = asyncio.Lock()
        self._held: list[events.Key | events.Paste] | None = None
        self.chat = ChatScreen(paths)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self.remembered.get("theme", DARK, self.available_themes)
        self._filters.append(NoControls())
        if self.no_color:
            self._filters.append(OwnGround(lambda: self.theme_variables["background"]))
        self._plain = plain_terminal()
        if self._plain:
            self._filters.append(PlainCharacters())

    @cached_property
    def adding(self) -> Adding:
        """What adds and removes documents."""
        from tui.adding import Adding  # not before the first paint

        return Adding(self)

    @property
    def interrupted(self) -> bool:
        """Whether the chat was left while documents were being added."""
        return "adding" in self.__dict__ and self.adding.interrupted

    def get_default_screen(self) -> ChatScreen:
        """The chat, which lies below every other screen."""
        return self.chat

    def on_mount(self) -> None:
        """Remember the colours that are chosen; draw everything anew when the terminal is the chat's again."""
        self.app_resume_signal.subscribe(self, lambda _: self._drawn_anew())
        self.theme_changed_signal.subscribe(self, lambda theme: self.remembered.set("theme", theme.name))
        titles.keep_title(self)

    async def on_event(self, event: events.Event) -> None:
        """Every event on its way to what has the focus: what is typed must find the focus where it belongs."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            if self._held is not None:
                self._held.append(event)
                return
            if (
                isinstance(event, events.Key)
                and isinstance(self.screen, TakesTyping)
                and self.screen.take_typing(event)
            ):
                return
        await super().on_event(event)

    def hold_keys(self) -> None:
        """Keep what is typed until `release_keys`: the prompt is not there yet."""
        self._held = []

    async def _release_held(self) -> None:
        held, self._held = self._held or (), None
        for event in held:
            # Until the chat reads keys itself, the terminal makes Enter a line feed, as which Ctrl+J comes
            typed = events.Key("enter", "\r") if isinstance(event, events.Key) and event.key == "ctrl+j" else event
            await self.on_event(typed)

    async def release_keys(self) -> None:
        """Give what was typed so far to the prompt, in its order; what comes later comes behind it.

        Returns once it is shown.
        """
        shown = asyncio.Event()
        self.call_later(self._release_held)
        self.call_later(self.call_after_refresh, shown.set)
        await shown.wait()

    def on_unmount(self) -> None:
        """Leave the terminal as it was, and keep what has been typed and not sent."""
        titles.restore_title(self)
        if self.chat.draft != self.take_draft():
            self.remembered.set(self._draft, self.chat.draft)

    def take_draft(self) -> str:
        """What had been typed into the prompt over this library when the chat was last left."""
        return self.remembered.text(self._draft)

    @property
    def _draft(self) -> str:
        return f"draft {self.engine.name}"

    def title_of(self, conversation: str) -> None:
        """Call the terminal after the conversation."""
        titles.set_title(self, f"{conversation} · Quoth" if conversation else "Quoth")

    def _drawn_anew(self) -> None:
        """Draw the whole screen, and call the terminal anew: the shell, or a pager, has drawn over both."""
        self.refresh(layout=True)
        self.title_of(self.chat.session.title)

    def take_keys(self, keys: Mapping[str, str]) -> None:
        """Take the user's keys, by the id of what they do; complain of an id that nothing has."""
        if not keys:
            return
        from tui.keys import above, taken

        self.keys, wrong = taken(keys)
        if wrong:
            self.complain("\n".join(f"chat.keys in quoth.toml {one}" for one in wrong))
        self.set_keymap(self.keys)
        editor = self.chat.prompt.editor
        ids = above(editor)
        editor.give_up(key for name, keys in self.keys.items() if name in ids for key in keys.split(","))

    def on_app_focus(self) -> None:
        """The terminal is looked at again: files may have changed meanwhile."""
        self.chat.look_at_files()

    async def on_library_changed(self) -> None:
        """Documents came or went."""
        self.chat.do(self.chat.library_changed())

    async def on_scope_wanted(self, event: ScopeWanted) -> None:
        """Limit the questions to the documents that were marked in their list."""
        self.chat.do(self.chat.limit(event.sources))

    def action_help(self) -> None:
        """Show the keys of whatever has the focus, and the commands."""
        from tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_help_quit(self) -> None:
        """Ctrl+C where no action of its own has it: say what leaves. Textual's own words are markup."""
        self.notify(f"{self.keys.get('app.quit', 'ctrl+q').title()} leaves the chat; Esc goes back.")

    def get_key_display(self, binding: Binding) -> str:
        """A key as it is named everywhere: F1, ^P."""
        shown = super().get_key_display(binding)
        if self._plain:  # a key is told by its name where there are no signs: neither "<" nor "^" is one
            shown = NAMES_OF_SIGNS.get(shown, shown)
        return shown.upper() if re.fullmatch(r"f\d+|\^.", shown) else shown

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette lists besides the screen's own actions."""
        return system_commands(self, screen)

    # What every screen may use

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a short notice. Whatever is in it is text, never markup."""
        del markup
        super().notify(
            visible(message), title=visible(title, one_line=True), severity=severity, timeout=timeout, markup=False
        )

    def _on_notify(self, event: Notify) -> None:
        """Make room for a notice, before Textual shows it: it replaces those of its kind, and two at most are shown."""
        older = list(self._notifications)
        for one in older:
            if one is not older[-1] or one.severity == event.notification.severity:
                self._unnotify(one, refresh=False)

    def clear_notices(self) -> bool:
        """Take all notices away; False where there are none."""
        shown = len(self._notifications) > 0
        self.clear_notifications()
        return shown

    def complain(self, error: QuothError | str) -> None:
        """Show what went wrong."""
        self.notify(sentence(str(error)), severity="error", timeout=10)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy through the terminal and to the system's clipboard, and say what came of it."""
        super().copy_to_clipboard(text)
        self.run_worker(partial(self._copy, text), group="clipboard")  # type: ignore[arg-type]  # see Lines

    async def _copy(self, text: str) -> None:
        """To the system's clipboard, off the event loop since its programs may hang; the last that was copied last."""
        async with self._copying:
            well, said = await asyncio.to_thread(clipboard.copy, text)
        self.notify(said, severity="information" if well else "warning")

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open a link in the browser, after a question that shows the whole address."""

        def answered(yes: bool | None) -> None:
            if yes:
                super(QuothApp, self).open_url(url, new_tab=new_tab)

        self.push_screen(Confirm("Open this address in the browser?", url, yes="Open"), answered)

    def action_open_address(self, address: str) -> None:
        """Open an address that a text holds: what `tui.links` makes of it when it is clicked."""
        self.open_url(address)

    def leave(self, error: QuothError | None = None) -> None:
        """Leave the chat; because of an error, which `run` then raises."""
        self.error = error
        self.exit(int(error is not None))


def run(library: str | None = None, paths: Sequence[str] = ()) -> int:
    """Open the chat and return the command's exit code. Raises QuothError for what keeps the chat from opening.

    A fault that ended the chat is raised as well, once the terminal is as it was. It has been logged.
    """
    sys.setswitchinterval(SWITCH)
    for name in ("COLUMNS", "LINES"):  # where they are exported, Textual keeps to them whatever the terminal's size
        os.environ.pop(name, None)
    garbage.put_off()
    take_alt_digits()
    if sys.__stdin__ is not None:
        end_with_terminal(sys.__stdin__.fileno())
    app = QuothApp(library, paths)
    app.hold_keys()
    left = app.run()
    code = app.return_code or left or 0
    idle = app.engine.close(PATIENCE)
    if app.interrupted:
        print("The adding was stopped; what was finished is kept, and `quoth update` goes on from there.")
    if error := app.error or app.fault:
        raise error
    if not idle:
        # A model that is being compiled or a file that is being read would be waited for. What is committed is safe.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code
