# opper-agent: provider plugin for Hermes, version 1
"""What a launched Hermes loads: it registers the provider `opper-agent`, and names the session of each call.

Shipped as text and run by Hermes itself, so it imports nothing but Python's own modules and Hermes' registry of
providers. It keeps the key out of every file. Without the launch's environment it registers nothing.

Environment, all set by the launch. The key and the address have names of their own: Hermes reads a file of variables
(`.env` in its home), and what stands there for Opper is not this launch's.
- `OPPER_AGENT_LAUNCH`: id of the launch. Absent: this process was not started by a launch.
- `OPPER_AGENT_HERMES_URL`, `OPPER_AGENT_HERMES_KEY`: where calls go, and with which key.
- `OPPER_AGENT_MODELS`: path of a JSON file: `[{"id", "maxOutputTokens"}]`.
- `OPPER_AGENT_HEADERS`: JSON list of headers that get the trace of the session. Absent: a relay does that.
- `OPPER_AGENT_LEDGER`: path of the file that gets one line a session, where no relay writes it.
- `OPPER_AGENT_STARTED`: programs on the way to this one. Removed, so that what Hermes starts does not see it.
"""

import json
import os
import re
import time
import uuid

PROVIDER = "opper-agent"
SESSION_HEADER = "x-hermes-session-id"
# The same as in core/trace_id.ts; a test holds the two together.
TRACE_NAMESPACE = uuid.UUID("3f2504e0-4f89-41d3-9a0c-0305e82c3301")

_recorded = set()


def forget_bytecode():
    """Python has kept a compiled copy beside this file by now, which would stay when the file is taken away."""
    cached = getattr(globals().get("__spec__"), "cached", None)
    if not cached:
        return
    try:
        os.remove(cached)
        os.rmdir(os.path.dirname(cached))
    except OSError:
        # There is none, or another process has removed it.
        pass


def trace_of(session_id):
    """Trace of a session: the same that every program works out that knows its id."""
    return str(uuid.uuid5(TRACE_NAMESPACE, "hermes:" + session_id))


def headers_of(session_id):
    """Headers of a call that name its session; none for a call that is of no session."""
    session_id = str(session_id or "")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}", session_id):
        return {}
    headers = {SESSION_HEADER: session_id}
    traced = os.environ.get("OPPER_AGENT_HEADERS")
    if traced:
        headers.update({name: trace_of(session_id) for name in json.loads(traced)})
        record(session_id)
    return headers


def record(session_id):
    """One line in the launch's ledger when a session is first seen. A full disk costs the line, and not the call."""
    ledger = os.environ.get("OPPER_AGENT_LEDGER")
    if not ledger or session_id in _recorded:
        return
    _recorded.add(session_id)
    line = {
        "type": "session",
        "at": int(time.time() * 1000),
        "traceId": trace_of(session_id),
        "sessionId": session_id,
        "source": "hermes",
        "pid": os.getpid(),
        "reason": "request",
        "cwd": os.getcwd(),
    }
    try:
        # One write to a file opened for appending, so that lines of processes that share it never mix.
        file = os.open(ledger, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(file, (json.dumps(line) + "\n").encode("utf-8"))
        finally:
            os.close(file)
    except OSError:
        pass


def read_models():
    """What each model may answer at most, by its id. Empty where the launch could not say."""
    try:
        with open(os.environ["OPPER_AGENT_MODELS"], encoding="utf-8") as file:
            return {model["id"]: model["maxOutputTokens"] for model in json.load(file)}
    except (KeyError, OSError, TypeError, ValueError):
        return {}


def register():
    """The provider as Hermes takes it."""
    from providers import register_provider
    from providers.base import ProviderProfile

    models = read_models()

    class OpperProfile(ProviderProfile):
        """Opper, by the address of this launch."""

        def build_api_kwargs_extras(self, *, session_id=None, **context):
            headers = headers_of(session_id)
            return {}, {"extra_headers": headers} if headers else {}

        def get_max_tokens(self, model):
            return models.get(model)

        def fetch_models(self, **context):
            return list(models) or None

    register_provider(
        OpperProfile(
            name=PROVIDER,
            display_name="Opper (opper-agent)",
            description="Opper, for this launch alone",
            env_vars=("OPPER_AGENT_HERMES_KEY",),
            base_url=os.environ["OPPER_AGENT_HERMES_URL"],
            fallback_models=tuple(models),
        )
    )


forget_bytecode()
if os.environ.get("OPPER_AGENT_LAUNCH") and os.environ.get("OPPER_AGENT_HERMES_URL"):
    # Hermes is there: what it starts was not started by a script on the way to it.
    os.environ.pop("OPPER_AGENT_STARTED", None)
    register()
