/** A broker in a process of its own, for tests that kill it: `node start.testing.ts <data folder>` prints its port. */
import { openShop, PaperBooks } from "./wire.testing.ts";

const shop = await openShop(new PaperBooks(), process.argv[2] as string);
process.stdout.write(`${shop.port}\n`);
