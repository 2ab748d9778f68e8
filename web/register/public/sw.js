// Keeps the register's own files, so that it also starts while the hub is away. Only where the browser allows it: on
// HTTPS and on this very machine. Data is never kept here: that is the outbox's and the catalogue's work.
const CACHE = "kassahub-register-1";

self.addEventListener("install", (event) => {
	event.waitUntil(self.skipWaiting());
});

self.addEventListener("activate", (event) => {
	event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== "GET" || !url.pathname.startsWith("/register/")) return;
	const isHashed = url.pathname.includes("/assets/");
	event.respondWith(isHashed ? keptFirst(request) : freshFirst(request));
});

async function keptFirst(request) {
	const cache = await caches.open(CACHE);
	return (await cache.match(request)) ?? keep(cache, request);
}

async function freshFirst(request) {
	const cache = await caches.open(CACHE);
	try {
		return await keep(cache, request);
	} catch (error) {
		const kept = await cache.match(request, { ignoreSearch: true });
		if (kept) return kept;
		throw error;
	}
}

async function keep(cache, request) {
	const response = await fetch(request);
	if (response.ok) await cache.put(request, response.clone());
	return response;
}
