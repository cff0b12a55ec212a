/*
 * The handler of SIGBUS. It may call mmap(2), which takes nothing that the interrupted code holds,
 * and no more; what it reads are words that were atomic before the mapping could fault.
 */
#include "store/guard.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAPPINGS 16

struct mapping {
	_Atomic uintptr_t begin, end;
	_Atomic bool struck;
};

static struct mapping mappings[MAPPINGS];
static _Atomic uintptr_t page_bytes; /* asked for before there is a mapping */
static struct sigaction before;

/* Everything from the page on becomes zeros that can be written. */
static bool replace(struct mapping *mapping, uintptr_t at)
{
	uintptr_t end = atomic_load(&mapping->end);
	uintptr_t page;

	if (at < atomic_load(&mapping->begin) || at >= end)
		return false;
	page = at - at % atomic_load(&page_bytes);
	atomic_store(&mapping->struck, true);
	return mmap((void *)page, end - page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != MAP_FAILED;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	for (size_t i = 0; i < MAPPINGS; i++)
		if (replace(&mappings[i], (uintptr_t)info->si_addr))
			return;
	(void)context;
	/* Not ours: whoever was there before has the fault again when this returns. */
	sigaction(number, &before, NULL);
}

/* Again where somebody else has come in between. */
static void install(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO}, present;

	sigaction(SIGBUS, NULL, &present);
	if ((present.sa_flags & SA_SIGINFO) && present.sa_sigaction == on_fault)
		return;
	before = present;
	sigaction(SIGBUS, &action, NULL);
}

void guard_add(void *memory, size_t bytes)
{
	install();
	atomic_store(&page_bytes, (uintptr_t)sysconf(_SC_PAGESIZE));
	for (size_t i = 0; i < MAPPINGS; i++) {
		struct mapping *mapping = &mappings[i];
		if (atomic_load(&mapping->end))
			continue;
		atomic_store(&mapping->struck, false);
		atomic_store(&mapping->begin, (uintptr_t)memory);
		atomic_store(&mapping->end, (uintptr_t)memory + bytes);
		return;
	}
}

void guard_remove(void *memory)
{
	for (size_t i = 0; i < MAPPINGS; i++)
		if (atomic_load(&mappings[i].begin) == (uintptr_t)memory) {
			atomic_store(&mappings[i].end, 0);
			atomic_store(&mappings[i].begin, 0);
		}
}

bool guard_has_struck(const void *memory)
{
	for (size_t i = 0; i < MAPPINGS; i++)
		if (memory && atomic_load(&mappings[i].begin) == (uintptr_t)memory)
			return atomic_load(&mappings[i].struck);
	return false;
}
