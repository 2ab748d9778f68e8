-- Every key begins with the tenant, so that one database can be spread over several by it.
create table shops (
	tenant text not null,
	shop text not null,
	name text not null,
	primary key (tenant, shop)
);

-- How far each box's journal has come, and the hash it stands at.
create table boxes (
	tenant text not null,
	shop text not null,
	box uuid not null,
	number bigint not null,
	hash text not null,
	heard_at timestamptz not null,
	primary key (tenant, shop, box)
);

-- The journals themselves. `payload` keeps its canonical text, so that the hashes can be checked again at any time.
-- `in_books` is false where the shop booked the same id before, from another box: kept in the chain, counted once.
create table events (
	tenant text not null,
	shop text not null,
	box uuid not null,
	number bigint not null,
	id uuid not null,
	kind text not null,
	source text not null,
	at text not null,
	clock text not null,
	payload json not null,
	hash text not null,
	sold_at timestamptz,
	in_books boolean not null,
	primary key (tenant, shop, box, number)
);
create index events_by_id on events (tenant, shop, id);
create index events_latest_sales on events (tenant, shop, sold_at desc) where kind = 'sale';

create table products (
	tenant text not null,
	shop text not null,
	sku text not null,
	name text not null,
	product_group text not null,
	unit text not null,
	unit_price bigint not null,
	vat_rate bigint not null,
	active boolean not null,
	primary key (tenant, shop, sku)
);

-- Quantities in thousandths of the unit.
create table stock (
	tenant text not null,
	shop text not null,
	sku text not null,
	quantity bigint not null,
	primary key (tenant, shop, sku)
);
create index stock_by_sku on stock (tenant, sku);

-- Amounts in cents, refunds negative. `day` and `hour` are the shop's own, as in the sale's `at`.
create table turnover (
	tenant text not null,
	shop text not null,
	day date not null,
	hour bigint not null,
	register text not null,
	sales bigint not null,
	refunds bigint not null,
	total bigint not null,
	rounding bigint not null,
	primary key (tenant, shop, day, hour, register)
);

create table turnover_by_vat_rate (
	tenant text not null,
	shop text not null,
	day date not null,
	register text not null,
	vat_rate bigint not null,
	net bigint not null,
	vat bigint not null,
	total bigint not null,
	primary key (tenant, shop, day, register, vat_rate)
);

create table turnover_by_group (
	tenant text not null,
	shop text not null,
	day date not null,
	register text not null,
	product_group text not null,
	total bigint not null,
	primary key (tenant, shop, day, register, product_group)
);

create table turnover_by_method (
	tenant text not null,
	shop text not null,
	day date not null,
	register text not null,
	method text not null,
	amount bigint not null,
	primary key (tenant, shop, day, register, method)
);
