/**
 * The provider plugin for Hermes as text: it is placed for Hermes, whose Python runs it, and never runs in this program.
 * The bundle carries it along, so that the compiled program has it without a file of its own.
 */
import module from "./opper_agent.py" with { type: "text" };
import manifest from "./plugin.yaml" with { type: "text" };

/** A Python module. Its first line is `# opper-agent: provider plugin for Hermes, version <n>`. */
export const PLUGIN_MODULE_TEXT: string = module;

/** Says what kind of plugin it is. Its first line is `# opper-agent: manifest of …`. */
export const PLUGIN_MANIFEST_TEXT: string = manifest;
