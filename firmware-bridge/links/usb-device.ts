/// <reference types="w3c-web-usb" />
import { access, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { usb } from "usb";
import { DeviceError } from "../fault.ts";
import { pause } from "../pause.ts";
import { type PrinterRequest, printerRequests, type UsbPipe } from "./usb-pipe.ts";

/** Which device on the bus; `serialNumber` tells two of a kind apart. */
export type UsbAddress = { vendorId: number; productId: number; serialNumber?: string };

type UsbDevice = Awaited<ReturnType<typeof usb.getDevices>>[number];

const BUS = "/sys/bus/usb/devices";
const PRINTER_CLASS = 7;
const BIDIRECTIONAL = 2;
/** A read can't be called back, so closing waits for it. */
const READ_MS = 1000;
/** A printer without paper takes nothing while its buffer is full; this long a person has to put in a roll. */
const TAKE_MS = 60_000;
const CONTROL_MS = 1000;
const CLOSE_MS = 2000;
const DEVICE_ID_BYTES_MAX = 1023;

/** Opens a printer by the `usb` package and takes its interface from the kernel's own driver. Throws a DeviceError. */
export async function openUsbPipe(address: UsbAddress): Promise<UsbPipe> {
	let device: UsbDevice | undefined;
	try {
		device = await find(address);
		await device.open();
		return await pipeOf(device);
	} catch (error) {
		await device?.close().catch(() => undefined);
		if (error instanceof DeviceError) throw error;
		const advice = /permission|denied/i.test(wordsOf(error)) ? " (is the hub's user in group lp?)" : "";
		throw unreachable(`${nameOf(address)}: ${wordsOf(error)}${advice}`);
	}
}

async function find(address: UsbAddress): Promise<UsbDevice> {
	// Where this folder is missing the package throws what nobody can catch.
	await access(BUS).catch(() => {
		throw unreachable(`this system has no USB (${BUS})`);
	});
	// Loaded when there is a USB printer, and not before: it is a binary for this very machine.
	const { usb } = await import("usb");
	const { vendorId, productId, serialNumber } = address;
	const devices = (await usb.getDevices()).filter(
		(device) =>
			device.vendorId === vendorId &&
			device.productId === productId &&
			(serialNumber === undefined || device.serialNumber === serialNumber),
	);
	const [device, ...others] = devices;
	if (!device) throw unreachable(`no USB device ${nameOf(address)}`);
	if (others.length === 0) return device;
	throw new DeviceError(
		"DEVICE_CONFIG_INVALID",
		`${devices.length} USB devices ${nameOf(address)}: add the serial number of one (${devices.map((each) => each.serialNumber).join(", ")})`,
	);
}

async function pipeOf(device: UsbDevice): Promise<UsbPipe> {
	const { interfaceNumber, alternateSetting, out, into } = printerInterface(device);
	const holder = await driverOf(device, interfaceNumber);
	// Detaching would take it from another program as readily as from the kernel's own driver.
	if (holder === "usbfs") throw unreachable("another program has this printer");
	if (holder !== undefined) await device.detachKernelDriver(interfaceNumber);
	await device.claimInterface(interfaceNumber);
	if (alternateSetting !== 0) {
		await device.selectAlternateInterface(interfaceNumber, alternateSetting).catch(async (error) => {
			await device.releaseInterface(interfaceNumber);
			throw error;
		});
	}
	const underWay = new Set<Promise<unknown>>();
	/** What closing has to wait for. */
	const track = <T>(transfer: Promise<T>): Promise<T> => {
		const settled = transfer.catch(() => undefined).finally(() => underWay.delete(settled));
		underWay.add(settled);
		return transfer;
	};
	return {
		words: {
			...(device.manufacturerName ? { manufacturer: device.manufacturerName } : {}),
			...(device.productName ? { product: device.productName } : {}),
			...(device.serialNumber ? { serialNumber: device.serialNumber } : {}),
		},
		packetBytes: out.packetSize,
		control: (request) => track(control(device, request, interfaceNumber, alternateSetting)),
		async bulkOut(bytes) {
			try {
				const taken = await track(device.nativeTransferOut(out.endpointNumber, TAKE_MS, bytes));
				if (taken !== bytes.length) throw new Error(`the printer took ${taken} of ${bytes.length} bytes`);
			} catch (error) {
				throw isTimeout(error) ? new Error(`the printer took no data for ${TAKE_MS / 1000} s`) : error;
			}
		},
		async bulkIn() {
			try {
				return (
					(await track(device.nativeTransferIn(into.endpointNumber, READ_MS, into.packetSize))) ?? new Uint8Array()
				);
			} catch (error) {
				if (isTimeout(error)) return new Uint8Array();
				throw error;
			}
		},
		async close() {
			await pause(CLOSE_MS, Promise.all(underWay));
			// The package can't call a transfer back, and lets nobody close a device that has one. Resetting its port ends it.
			if (underWay.size > 0) await device.reset().catch(() => undefined);
			await pause(CLOSE_MS, Promise.all(underWay));
			await shut(device, interfaceNumber, holder !== undefined);
		},
	};
}

/** Gives the interface back, to the kernel's own driver where that had it. The package throws at once where it can't. */
async function shut(device: UsbDevice, interfaceNumber: number, wasHeld: boolean): Promise<void> {
	try {
		await device.releaseInterface(interfaceNumber);
		if (wasHeld) await device.attachKernelDriver(interfaceNumber);
	} catch {
		// Gone with the device, or taken with its port's reset.
	}
	try {
		await device.close();
	} catch {
		// Closed when its last transfer ends.
	}
}

/** Which driver holds an interface now: usblp, usbfs for a program, or none. */
async function driverOf(device: UsbDevice, interfaceNumber: number): Promise<string | undefined> {
	const { bus, ports, configuration } = device;
	const name = `${Number(bus)}-${ports.join(".")}:${configuration?.configurationValue ?? 1}.${interfaceNumber}`;
	const driver = await readlink(join(BUS, name, "driver")).catch(() => undefined);
	return driver === undefined ? undefined : basename(driver);
}

/** The setting of a printer's interface that talks both ways, the plain bidirectional protocol before the others. */
function printerInterface(device: UsbDevice) {
	const candidates = (device.configuration?.interfaces ?? []).flatMap(({ interfaceNumber, alternates }) =>
		alternates
			.filter(({ interfaceClass }) => interfaceClass === PRINTER_CLASS)
			.map(({ alternateSetting, interfaceProtocol, endpoints }) => {
				const bulk = endpoints.filter(({ type }) => type === "bulk");
				const out = bulk.find(({ direction }) => direction === "out");
				const into = bulk.find(({ direction }) => direction === "in");
				return { interfaceNumber, alternateSetting, interfaceProtocol, out, into };
			}),
	);
	if (candidates.length === 0)
		throw new DeviceError("DEVICE_CONFIG_INVALID", "this USB device has no printer interface");
	for (const candidate of candidates.sort((a) => (a.interfaceProtocol === BIDIRECTIONAL ? -1 : 1))) {
		const { out, into } = candidate;
		if (out && into) return { ...candidate, out, into };
	}
	throw new DeviceError("DEVICE_CONFIG_INVALID", "this USB printer can't answer: its interface goes one way only");
}

async function control(
	device: UsbDevice,
	name: PrinterRequest,
	interfaceNumber: number,
	alternateSetting: number,
): Promise<Uint8Array> {
	const setup = {
		requestType: "class",
		recipient: "interface",
		request: printerRequests[name],
		value: 0,
		// Printer class 1.1, 4.2.1: for the id alone the interface stands in the high byte.
		index: name === "GET_DEVICE_ID" ? (interfaceNumber << 8) | alternateSetting : interfaceNumber,
	} as const;
	if (name === "SOFT_RESET") {
		await device.nativeControlTransferOut(setup, CONTROL_MS, new Uint8Array());
		return new Uint8Array();
	}
	const length = name === "GET_DEVICE_ID" ? DEVICE_ID_BYTES_MAX : 1;
	return (await device.nativeControlTransferIn(setup, CONTROL_MS, length)) ?? new Uint8Array();
}

/** The package gives a transfer up after its time, and says no more than this. */
const isTimeout = (error: unknown): boolean => /cancelled/i.test(wordsOf(error));

const hex = (id: number): string => id.toString(16).padStart(4, "0");
const nameOf = ({ vendorId, productId, serialNumber }: UsbAddress): string =>
	`${hex(vendorId)}:${hex(productId)}${serialNumber === undefined ? "" : ` ${serialNumber}`}`;

const unreachable = (detail: string): DeviceError => new DeviceError("DEVICE_UNREACHABLE", detail);
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
