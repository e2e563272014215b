import { testEventQueue } from "./event-queue.contract.js";
import { HeapQueue } from "./heap-queue.js";

testEventQueue((capacity) => new HeapQueue(capacity));
