import assert from "node:assert/strict";
import { spokenAnswers } from "../../../pages/components/shared/answers.js";

Deno.test("both answers are spoken with what is proven of each", () => {
  const answers = { move: "71 %", usual: "67 %", timing: "proven", long: "55 %", short: "45 %", side: "unproven" };
  assert.equal(
    spokenAnswers(answers),
    "Move 71 %, usually 67 %, timing proven; LONG 55 %, SHORT 45 % if it moves, side not proven",
  );
  assert.match(spokenAnswers({ ...answers, timing: "untested", side: "worse" }), /never tested.*worse than none/);
});
