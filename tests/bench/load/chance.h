#ifndef BENCH_LOAD_CHANCE_H
#define BENCH_LOAD_CHANCE_H
/*
 * Random numbers for the simulator: small, fast, the same for the same seed on every machine.
 */
#include <math.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

/* splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t chance_bits(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Within (0, 1). */
static inline double chance_unit(struct chance *c)
{
	return ((double)(chance_bits(c) >> 11) + 0.5) * 0x1p-53;
}

static inline double chance_between(struct chance *c, double low, double high)
{
	return low + (high - low) * chance_unit(c);
}

/* Each decade as likely as any other. */
static inline double chance_log_between(struct chance *c, double low, double high)
{
	return low * pow(high / low, chance_unit(c));
}

static inline double chance_exp(struct chance *c, double mean)
{
	return -mean * log(chance_unit(c));
}

static inline double chance_normal(struct chance *c)
{
	return sqrt(-2 * log(chance_unit(c))) * cos(6.283185307179586 * chance_unit(c));
}

static inline unsigned chance_below(struct chance *c, unsigned n)
{
	return (unsigned)(chance_unit(c) * n);
}

#endif
