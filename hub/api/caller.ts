import type { ClientKind } from "@kassahub/contracts/message.ts";
import type { Right, Role } from "@kassahub/contracts/role.ts";
import type { FastifyRequest } from "fastify";

/** Who asks: a paired device or program by its token, or a person who signed in. */
export type Caller = { kind: ClientKind; name: string } | { kind: "person"; name: string; role: Role };

declare module "fastify" {
	interface FastifyRequest {
		/** Who asks, once that has been checked. */
		caller: Caller | null;
	}
}

/** Which kinds of device or program may call a route, and the right that a person needs for it. */
export type Admission = { kinds: readonly ClientKind[]; right: Right | "signed-in" | "nobody" };

/** The caller of a request that must have one. */
export function callerOf(request: FastifyRequest): Caller {
	if (!request.caller) throw new Error(`${request.method} ${request.routeOptions.url} was not guarded`);
	return request.caller;
}

/** As the journal names them: `register:kassa-1`, `person:anja`. */
export const sourceOf = ({ kind, name }: Caller): string => `${kind}:${name}`;
