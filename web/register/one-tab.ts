import { type ReadonlySignal, signal } from "@preact/signals";

/**
 * Two tabs would share one MQTT client id and push each other off the broker for ever: the one opened last goes on,
 * the others stand still. True once another tab has taken over from this one.
 */
export function isTakenOver(register: string, stop: () => void): ReadonlySignal<boolean> {
	const taken = signal(false);
	const channel = new BroadcastChannel(`kassahub-${register}`);
	channel.onmessage = () => {
		taken.value = true;
		stop();
	};
	channel.postMessage("opened");
	return taken;
}
