/** An index of which some pages are of one scan and some of another, as a power cut leaves it: never believed. */
import { join } from "node:path";
import type { Campaign, Round } from "../campaign.ts";
import { mixPages } from "../damage_file.ts";
import { askRightAnswers, checkAnswer, makeLogHome, readIndex, writeIndex } from "../index_home.ts";

/** Of two scans. */
const MIXES_A_ROUND = 12;

export const mixedPages: Campaign = {
  name: "mixed-pages",
  summary: "an index with pages of one scan and pages of the next one",
  weight: 2,
  async run(round: Round) {
    const { draws, agent, logs, directory } = round;
    const { home, place } = makeLogHome(round, draws.whole(3, 40));
    await agent.run(["sessions"], place);
    const before = readIndex(place);
    for (let count = draws.logUniform(1, 12); count > 0; count--) home.change(logs.flat());
    await agent.run(["sessions"], place);
    const after = readIndex(place);
    const right = await askRightAnswers(round, place);
    const [name] = before.keys();
    if (right.length === 0 || name === undefined || !after.has(name)) return;
    for (let count = MIXES_A_ROUND; count > 0; count--) {
      const mixed = new Map([[name, mixPages(before.get(name)!, after.get(name)!, draws)]]);
      writeIndex(place, mixed);
      const isWrong = await checkAnswer(round, place, draws.pick(right), "pages of two scans") ||
        await checkAnswer(round, place, draws.pick(right), "pages of two scans, and asked again");
      if (!isWrong) continue;
      // As it was when it was asked: the program may have thrown it away since.
      writeIndex({ opperHome: join(directory, "mixed") }, mixed);
      return;
    }
  },
};
