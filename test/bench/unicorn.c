/*
 * Runs A64 machine words in Unicorn, at 0x40000000 with the MMU off, up to the end of their loop, and prints the seconds
 * that took.
 *
 * usage: unicorn FILE END MODE
 *   END    bytes from the start of FILE to the end of the loop
 *   MODE   free  translated code that nobody watches
 *          hook  with a callback before each instruction
 *          step  one call of uc_emu_start for each instruction
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicorn/unicorn.h>

#define BASE 0x40000000
#define SIZE (1 << 20)

static uint64_t seen;

static void look(uc_engine *uc, uint64_t address, uint32_t size, void *data)
{
	seen++;
}

static void must(uc_err error, const char *what)
{
	if (error == UC_ERR_OK)
		return;
	fprintf(stderr, "%s: %s\n", what, uc_strerror(error));
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static uint8_t code[65536];
	uint64_t pc = BASE, end;
	size_t length;
	uc_engine *uc;
	uc_hook hook;
	FILE *file;
	double start;

	if (argc != 4 || !(file = fopen(argv[1], "rb")))
		return 2;
	length = fread(code, 1, sizeof(code), file);
	end = BASE + strtoull(argv[2], NULL, 10);
	must(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc), "uc_open");
	must(uc_mem_map(uc, BASE, SIZE, UC_PROT_ALL), "uc_mem_map");
	must(uc_mem_write(uc, BASE, code, length), "uc_mem_write");
	if (!strcmp(argv[3], "hook"))
		must(uc_hook_add(uc, &hook, UC_HOOK_CODE, look, NULL, 1, 0), "uc_hook_add");
	start = now();
	if (strcmp(argv[3], "step")) {
		must(uc_emu_start(uc, BASE, end, 0, 0), "uc_emu_start");
	} else {
		while (pc != end) {
			/* With an end to stop at, each call would translate anew. */
			must(uc_emu_start(uc, pc, 0, 0, 1), "uc_emu_start");
			must(uc_reg_read(uc, UC_ARM64_REG_PC, &pc), "uc_reg_read");
		}
	}
	printf("%.9f\n", now() - start);
	return 0;
}
