#!/usr/bin/env python3
"""A stand-in for Hermes: loads provider plugins and calls a model as Hermes does, and says as JSON what came of it.

The registry, the profile and the transport are as much of Hermes as a plugin sees (0.15.1 and its main branch, read
2026-11-27). `FAKE_SESSIONS` has the ids of the sessions that call a model in turn, `-` for a call of none.
"""

import dataclasses
import importlib.util
import json
import os
import pathlib
import sys
import types
import urllib.request

REGISTERED = {}


@dataclasses.dataclass
class ProviderProfile:
    name: str
    api_mode: str = "chat_completions"
    aliases: tuple = ()
    display_name: str = ""
    description: str = ""
    signup_url: str = ""
    env_vars: tuple = ()
    base_url: str = ""
    models_url: str = ""
    auth_type: str = "api_key"
    fallback_models: tuple = ()
    hostname: str = ""
    default_headers: dict = dataclasses.field(default_factory=dict)
    default_max_tokens: object = None
    default_aux_model: str = ""

    def build_api_kwargs_extras(self, *, reasoning_config=None, **context):
        return {}, {}

    def get_max_tokens(self, model):
        return self.default_max_tokens

    def fetch_models(self, *, api_key=None, base_url=None, timeout=8.0):
        raise AssertionError("the network is not asked")


def install_registry():
    providers, base = types.ModuleType("providers"), types.ModuleType("providers.base")
    providers.register_provider = lambda profile: REGISTERED.__setitem__(profile.name, profile)
    base.ProviderProfile = ProviderProfile
    sys.modules.update({"providers": providers, "providers.base": base})


def import_plugins(directory):
    for child in sorted(directory.iterdir()) if directory.is_dir() else []:
        if not child.is_dir() or child.name.startswith(("_", ".")):
            continue
        name = "_hermes_user_provider_" + child.name.replace("-", "_")
        spec = importlib.util.spec_from_file_location(
            name, child / "__init__.py", submodule_search_locations=[str(child)]
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)


def flag(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def call(profile, session_id):
    """One call of the chat-completions transport."""
    model = flag("-m")
    _body, top = profile.build_api_kwargs_extras(
        reasoning_config=None,
        supports_reasoning=True,
        model=model,
        base_url=profile.base_url,
        session_id=None if session_id == "-" else session_id,
    )
    key = os.environ[profile.env_vars[0]]
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    request = urllib.request.Request(
        profile.base_url + "/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + key, "Content-Type": "application/json", **top.get("extra_headers", {})},
    )
    # No proxy of the machine's.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
        return answer.status


if "--version" in sys.argv:
    print("Hermes Agent v%s (2026.5.29)" % os.environ.get("FAKE_VERSION", "0.15.1"))
    sys.exit(0)

home = pathlib.Path(os.environ.get("HERMES_HOME", "").strip() or pathlib.Path.home() / ".hermes")
plugins = home / "plugins" / "model-providers"
install_registry()
import_plugins(plugins)
said = {
    "argv": sys.argv[1:],
    "registered": sorted(REGISTERED),
    "isStartedThere": "OPPER_AGENT_STARTED" in os.environ,
    "left": sorted(str(path.relative_to(plugins)) for path in plugins.rglob("*") if ".opper-agent" not in str(path)),
}
profile = REGISTERED.get(flag("--provider"))
if profile is not None:
    said["models"] = profile.fetch_models(api_key="k", base_url="u")
    said["mostOfModel"] = profile.get_max_tokens(flag("-m"))
    said["mostOfAnother"] = profile.get_max_tokens("another")
    said["statuses"] = [call(profile, name) for name in os.environ.get("FAKE_SESSIONS", "").split(",") if name]
print(json.dumps(said))
