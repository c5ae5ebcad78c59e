import { assert, describe, it } from "@effect/vitest"
import { type Known, misuse, read, usage } from "../../chaos/support/commandLine.ts"

const known: Known = {
  options: { seed: "N: 1", older: "DIRECTORY" },
  lists: { stage: ["kills", "deploys"] },
  parts: ["inbox", "cluster"]
}

describe("the command line of the chaos programs", () => {
  it("takes what is known", () => {
    for (
      const line of ["", "inbox cluster", "--only cluster --stage kills,deploys", "--seed 7 --older ../other inbox"]
    ) {
      assert.isUndefined(misuse(line.split(" ").filter((word) => word !== ""), known), line)
    }
    assert.deepStrictEqual(read(["--only", "cluster", "--seed", "7", "inbox"]).words, ["cluster", "inbox"])
  })

  it("says what is not, with what was probably meant", () => {
    const wrong = [
      ["--sed 7", "there is no option --sed: did you mean --seed?"],
      ["--verbose", "there is no option --verbose"],
      ["--only clutser", "there is no part clutser: did you mean cluster?"],
      ["--seed", "--seed takes a value"],
      ["--seed --only inbox", "--seed takes a value"],
      ["--seed many", "--seed takes a number, not many"],
      ["--stage kills,deploy", "there is no stage deploy: did you mean deploys?"]
    ] as const
    for (const [line, problem] of wrong) assert.strictEqual(misuse(line.split(" "), known), problem)
    for (const name of ["--seed", "--older", "--stage", "--only", "kills", "cluster"]) {
      assert.include(usage(known), name)
    }
  })
})
