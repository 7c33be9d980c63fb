/** An index that a disk or a crash has harmed: the answer is right, and so is the next one. */
import { join } from "node:path";
import type { RunPlace } from "../agent_program.ts";
import type { Campaign, Round } from "../campaign.ts";
import { DAMAGES } from "../damage_file.ts";
import { askRightAnswers, checkAnswer, makeLogHome, readIndex, type RightAnswer, writeIndex } from "../index_home.ts";

/** Of one index. */
const DAMAGES_A_ROUND = 12;

export const damagedIndex: Campaign = {
  name: "damaged-index",
  summary: "bits, digits and pages of the index changed, what stands beside it, and its end cut off",
  weight: 3,
  async run(round: Round) {
    const { draws, agent } = round;
    const { home, place } = makeLogHome(round, draws.whole(3, 40));
    await agent.run(["sessions"], place);
    const index = readIndex(place);
    const right = await askRightAnswers(round, place);
    if (right.length === 0 || index.size === 0) return;
    for (let count = DAMAGES_A_ROUND; count > 0; count--) {
      if (await harmOnce(round, place, index, right)) return;
    }
    // One that has to take in changes as well.
    for (let count = draws.whole(1, 5); count > 0; count--) home.change(round.logs.flat());
    const later = await askRightAnswers(round, place);
    for (let count = 3; count > 0 && later.length > 0; count--) if (await harmOnce(round, place, index, later)) return;
  },
};

/** @returns whether something was wrong */
async function harmOnce(
  round: Round,
  place: RunPlace,
  index: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  right: readonly RightAnswer[],
): Promise<boolean> {
  const { draws } = round;
  const [[name, bytes]] = [...index] as [[string, Uint8Array<ArrayBuffer>]];
  const files = new Map(index);
  const damage = draws.pick(DAMAGES);
  const beside = draws.pick(["", "", "", "", "", "-wal", "-shm", "-journal"]);
  files.set(name + beside, damage.apply(bytes, draws));
  writeIndex(place, files);
  const what = `${damage.name} in ${beside === "" ? "the index" : beside}`;
  const isWrong = await checkAnswer(round, place, draws.pick(right), what) ||
    await checkAnswer(round, place, draws.pick(right), `${what}, and asked again`);
  // As it was when it was asked: the program may have thrown it away since.
  if (isWrong) writeIndex({ opperHome: join(round.directory, "harmed") }, files);
  return isWrong;
}
