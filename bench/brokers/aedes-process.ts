// Plain aedes in a process of its own: what the hub's broker is built on, without accounts, checks or journal.
import { createServer } from "node:net";
import { Aedes } from "aedes";

const aedes = await Aedes.createBroker({ concurrency: 1000 });
createServer({ noDelay: true }, aedes.handle).listen(Number(process.argv[2]), "127.0.0.1");
