import { parentPort, workerData } from "node:worker_threads";
import { verifyJournal } from "../journal/verify.ts";

// A year of rows takes seconds: beside the hub, not in its event loop.
parentPort?.postMessage(verifyJournal(workerData as string));
