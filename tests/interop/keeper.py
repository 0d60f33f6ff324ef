# SPDX-License-Identifier: LGPL-2.1-or-later
"""A service that keeps what servers write to it, and its first values."""

from bus import BusError, Variant
from plugin import Service


class Keeper(Service):
    """`values`: from resources to Variants; what is written takes the type that its resource id has among them."""

    def __init__(self, bench, path, values):
        super().__init__(bench, path)
        self.values = dict(values)
        self.types = {key.split("/")[3]: value.signature for key, value in values.items()}
        self.elements = {key.split("/")[3]: next(iter(value.value.values())).signature
                         for key, value in values.items() if value.signature == "a{qv}"}
        self.executed, self.made = [], set()
        self.answer = lambda paths, context: {path: value for path in paths for value in self._find(path)}
        self.methods = {"Write": self._write, "Execute": self._execute, "Create": self._create, "Delete": self._delete}

    def register_all(self, object=None, others=None):
        """All instances that have values; `object`: servers may make more of it; `others`: ids without values."""
        instances = {} if object is None else {object: []}
        for path in self.values:
            instances.setdefault(path.rsplit("/", 1)[0], []).append(int(path.rsplit("/", 1)[1]))
        for instance, ids in (others or {}).items():
            instances[instance] += ids
        self.register(instances, cache="notify", values=Variant("a{sv}", self.values))

    def change(self, values):
        """From the service's own side."""
        self.values.update(values)
        self.update(values)

    def _find(self, path):
        """The value of a resource or of a resource instance, or none."""
        ids = path.split("/")
        whole = self.values.get("/".join(ids[:4]))
        if whole is None:
            return []
        if len(ids) == 4:
            return [whole]
        return [whole.value[int(ids[4])]] if int(ids[4]) in whole.value else []

    def _write(self, mode, values, context):
        target = context["target"]
        if mode == "replace" and target.count("/") == 2:
            for path in [path for path in self.values if path.startswith(target + "/")]:
                if not path.endswith("/9"):  # which servers cannot write
                    del self.values[path]
        for path, value in values.items():
            self._take(mode, path, value)
        return "", []

    def _take(self, mode, path, value):
        ids = path.split("/")
        resource, signature = "/".join(ids[:4]), self.types[ids[3]]
        if ids[3] in self.elements:
            old = self.values[resource].value if resource in self.values else {}
            value = {int(ids[4]): value} if len(ids) == 5 else value
            value = {number: Variant(self.elements[ids[3]], each) for number, each in value.items()}
            if mode == "update" or len(ids) == 5:
                value = {**old, **value}
        self.values[resource] = Variant(signature, value)

    def _execute(self, path, arguments, context):
        self.executed.append((path, arguments))
        return "", []

    def _create(self, path, values, context):
        for resource, value in values.items():
            self._take("replace", resource, value)
        self.made.add(path)
        return "s", [""]

    def _delete(self, path, context):
        ids = path.split("/")
        if len(ids) == 5:
            return BusError("org.lwm2md.Error.NotPermitted", "elements go by a Write")
        if path not in self.made:
            return BusError("org.lwm2md.Error.NotPermitted", "it is here for good")
        self.made.remove(path)
        for each in [each for each in self.values if each.startswith(path + "/")]:
            del self.values[each]
        return "", []
