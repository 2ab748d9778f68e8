/** The URLs by which devices.yaml says where a device is. */
export const schemes = ["tcp", "serial", "usb", "evdev", "pcsc", "mqtt", "mqtts", "http", "https"] as const;
export type Scheme = (typeof schemes)[number];

export const examples: Readonly<Record<Scheme, string>> = {
	tcp: "tcp://192.168.1.50:9100",
	serial: "serial:///dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0?baud=9600&bits=7&parity=even&stop=1",
	usb: "usb://04b8:0202",
	evdev: "evdev:///dev/input/by-id/usb-Honeywell_1900-event-kbd",
	pcsc: "pcsc://ACR122U",
	mqtt: "mqtt://hub/homeassistant/sensor/schap12_w",
	mqtts: "mqtts://broker.example.nl:8883/homeassistant/sensor/schap12_w",
	http: "http://192.168.1.61:8080/nexo",
	https: "https://192.168.1.61:8443/nexo",
};
