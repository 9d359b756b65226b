// How does a self-test get the model that counts faces, and no longer than it needs it?
import { createFaceWatcher } from "../ml/face/face-watcher.js";
import { type Readiness, type SelfTestParts, selfTest, type TestResult } from "../ops/self-test.js";

/** The face process starts with the first look and ends with the test. */
export const testWithFaces = async (
  parts: Omit<SelfTestParts, "look">,
  only?: TestResult["part"],
): Promise<Readiness> => {
  const watcher = createFaceWatcher();
  try {
    return await selfTest({ ...parts, look: (jpeg) => watcher.look(jpeg) }, only);
  } finally {
    await watcher.close();
  }
};
