#!/usr/bin/python3
"""A tray for one program: watcher and host of StatusNotifierItems on the session's bus (Debian: python3-dbus, python3-gi).

Told line by line, in JSON, on stdin; tells on stdout:
  {"is": "ready"}           it can be registered with
  {"is": "registered"}      a program has put its icon into the tray
  {"is": "gone"}            and has taken it away
  {"is": "called", "title", "body"}   a program calls for a person
  {"id": N, "do": "look"}   answered {"re": N, "icon": PATH, "menu": [{"label", "kind", "enabled", "checked", "entries"}]}
  {"id": N, "do": "press", "path": [LABEL, LABEL]}   as a person opens a folder and presses an entry
"""
import json
import os
import sys
import time

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
CALLS = "org.freedesktop.Notifications"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
PROPERTIES = dbus.PROPERTIES_IFACE


def tell(**line):
    print(json.dumps(line), flush=True)


class Watcher(dbus.service.Object):
    """What a desktop offers to programs with an icon; keeps the last one that came."""

    def __init__(self, bus):
        self.name = dbus.service.BusName(WATCHER, bus)
        super().__init__(bus, "/StatusNotifierWatcher")
        self.owner = self.path = None
        bus.add_signal_receiver(self.owner_changed, "NameOwnerChanged", "org.freedesktop.DBus")

    def owner_changed(self, name, _old, new):
        if name == self.owner and not new:
            self.owner = self.path = None
            self.StatusNotifierItemUnregistered(name)
            tell(**{"is": "gone"})

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        self.owner = sender
        self.path = service if service.startswith("/") else "/StatusNotifierItem"
        self.StatusNotifierItemRegistered(self.owner + self.path)
        tell(**{"is": "registered"})

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, _service):
        self.StatusNotifierHostRegistered()

    @dbus.service.signal(WATCHER, signature="s")
    def StatusNotifierItemRegistered(self, _item):
        pass

    @dbus.service.signal(WATCHER, signature="s")
    def StatusNotifierItemUnregistered(self, _item):
        pass

    @dbus.service.signal(WATCHER)
    def StatusNotifierHostRegistered(self):
        pass

    def properties(self):
        items = [self.owner + self.path] if self.owner else []
        return {
            "RegisteredStatusNotifierItems": dbus.Array(items, signature="s"),
            "IsStatusNotifierHostRegistered": dbus.Boolean(True),
            "ProtocolVersion": dbus.Int32(0),
        }

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, _interface, name):
        return self.properties()[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, _interface):
        return self.properties()


class Calls(dbus.service.Object):
    """Shows notifications to nobody, and tells of them."""

    def __init__(self, bus):
        self.name = dbus.service.BusName(CALLS, bus)
        super().__init__(bus, "/org/freedesktop/Notifications")
        self.last = 0

    @dbus.service.method(CALLS, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, _program, _replaces, _icon, title, body, _actions, _hints, _timeout):
        self.last += 1
        tell(**{"is": "called", "title": str(title), "body": str(body)})
        return dbus.UInt32(self.last)

    @dbus.service.method(CALLS, out_signature="as")
    def GetCapabilities(self):
        return ["body"]

    @dbus.service.method(CALLS, out_signature="ssss")
    def GetServerInformation(self):
        return ("tests", "Platen", "1", "1.2")


class Host:
    """What a person sees of the icon, and does with it."""

    def __init__(self, bus, watcher):
        self.bus, self.watcher = bus, watcher

    def item(self):
        if not self.watcher.owner:
            raise LookupError("nothing is in the tray")
        icon = self.bus.get_object(self.watcher.owner, self.watcher.path)
        return dbus.Interface(icon, PROPERTIES).GetAll(ITEM, timeout=5)

    def menu(self):
        return dbus.Interface(self.bus.get_object(self.watcher.owner, self.item()["Menu"]), MENU)

    def look(self):
        item = self.item()
        _revision, root = self.menu().GetLayout(0, -1, dbus.Array([], signature="s"), timeout=5)
        # An absolute name where the program wrote the picture itself.
        name = item["IconName"]
        icon = name if os.path.isabs(name) else os.path.join(item["IconThemePath"], name + ".png")
        return {"icon": icon, "menu": [read(entry) for entry in root[2]]}

    def press(self, path):
        """Presses again where the menu was made anew while it was open, as a person does."""
        for _ in range(5):
            try:
                return self.press_once(path)
            except dbus.DBusException as error:
                if "does not refer to a menu item" not in str(error):
                    raise
        raise LookupError(f"the menu changes all the time: {path}")

    def press_once(self, path):
        menu = self.menu()
        _revision, (number, _properties, entries) = menu.GetLayout(
            0, -1, dbus.Array([], signature="s"), timeout=5
        )
        for label in path:
            found = [entry for entry in entries if read(entry)["label"] == label]
            if not found:
                raise LookupError(f"{label} is not in the menu")
            number, _properties, entries = found[0]
            if len(entries):
                menu.AboutToShow(number, timeout=5)
        now = dbus.UInt32(int(time.time()) & 0xFFFFFFFF)
        menu.Event(number, "clicked", dbus.String("", variant_level=1), now, timeout=5)
        return {}


def read(entry):
    """An entry as a person reads it: a single underscore only marks a key."""
    _number, properties, entries = entry
    label = str(properties.get("label", "")).replace("__", "\0").replace("_", "").replace("\0", "_")
    return {
        "label": label,
        "kind": str(properties.get("type", "standard")),
        "enabled": bool(properties.get("enabled", True)),
        "checked": int(properties.get("toggle-state", 0)) == 1,
        "entries": [read(inner) for inner in entries],
    }


def main():
    DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    host, _calls = Host(bus, Watcher(bus)), Calls(bus)
    loop = GLib.MainLoop()

    def told(source, _condition):
        line = source.readline()
        if not line:
            loop.quit()
            return False
        order = json.loads(line)
        try:
            answer = host.look() if order["do"] == "look" else host.press(order["path"])
        except (LookupError, dbus.DBusException) as error:
            # Whoever looks sees that nothing is there, or no longer.
            looked = order["do"] == "look"
            answer = {"icon": "", "menu": []} if looked else {"error": str(error)}
        tell(re=order["id"], **answer)
        return True

    sys.stdin.reconfigure(line_buffering=True)
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, told)
    tell(**{"is": "ready"})
    loop.run()


main()
