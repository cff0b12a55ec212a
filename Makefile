# webmon: build, test, install. GNU make; `make help` lists the targets.
#
# Three sorts of build stand side by side, each in a folder of its own: build/ (what is installed), build-address-undefined/ and
# build-thread/ (SAN=...). Libraries are asked of pkg-config only when something is compiled, so that `make deps` works without it.

VERSION    := 1.0.0
PREFIX     ?= /usr/local
DESTDIR    ?=
# Where programs look that webmon does not know: as root for all, else beside the rest.
SYSCONFDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),/etc,$(PREFIX)/etc)
UNITDIR    ?= $(PREFIX)/lib/systemd/system
ZSHDIR     ?= $(PREFIX)/share/zsh/site-functions
SAN        ?=
V          ?= 0
CC         ?= cc
WERROR     ?= -Werror
PKG_CONFIG ?= pkg-config
# The system's own Python: the one for which the distribution packs the test libraries.
PYTHON     ?= $(firstword $(wildcard /usr/bin/python3) python3)

# As many jobs as processors, unless -j was given.
ifeq ($(MAKELEVEL)$(filter -j% --jobserver%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:

REST := $(filter-out deps,$(MAKECMDGOALS))
ifneq ($(filter deps,$(MAKECMDGOALS)),)

# `make deps check`: the rest is made by a second make, after the compiler and the libraries have come.
.PHONY: deps $(REST)
deps:
	@.ci/deps $(or $(REST),check)
ifneq ($(REST),)
$(firstword $(REST)): deps
	+@$(MAKE) $(REST)
$(wordlist 2,$(words $(REST)),$(REST)): $(firstword $(REST))
	@:
endif

else

comma := ,
BUILD ?= build$(if $(SAN),-$(subst $(comma),-,$(SAN)))
PKGS  := ncursesw libcurl inih openssl jansson libmicrohttpd libidn2

WARN := -Wall -Wextra $(WERROR) -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wcast-align -Wwrite-strings \
	-Wformat=2 -Wformat-security -Wundef -Wvla -Wnull-dereference -Wdouble-promotion -Wswitch-enum \
	-Wimplicit-fallthrough -Wno-format-nonliteral
HARD   := -fPIE -fstack-protector-strong -fstack-clash-protection
LDHARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed
ifneq ($(filter x86_64% i686%,$(shell uname -m)),)
HARD += -fcf-protection=full
endif
ifeq ($(SAN),)
OPT := -O2 -g -D_FORTIFY_SOURCE=3 -ftrivial-auto-var-init=zero
else ifeq ($(SAN),valgrind)
# Nothing is instrumented, and nothing hides a variable without a value either.
OPT := -O1 -g -fno-omit-frame-pointer
WARN := -w
else
# Instrumented code warns of what is not in the source; the plain build is the judge of that.
WARN := -w
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=all
LDSAN := -fsanitize=$(SAN)
endif

# Asked once, when first needed.
ask = $(or $(shell $(PKG_CONFIG) $(1) $(PKGS)),$(error The libraries are not all there: `make deps` installs them))
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(patsubst -I%,-isystem %,$$(call ask,--cflags)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $$(call ask,--libs))$(PKG_LIBS)

CPPFLAGS_ALL = -Iinclude -D_GNU_SOURCE -DWEBMON_VERSION='"$(VERSION)"' $(PKG_CFLAGS) \
	$(CPPFLAGS)
CFLAGS_ALL   = -std=c11 $(OPT) $(WARN) $(HARD) -pthread $(CFLAGS)
LDFLAGS_ALL  = $(LDHARD) $(LDSAN) -pthread $(LDFLAGS)
LIBS         = $(PKG_LIBS) -lm

SRC   := $(sort $(shell find src -name '*.c' 2>/dev/null))
OBJ   := $(SRC:src/%.c=$(BUILD)/%.o)
LIB   := $(filter-out $(BUILD)/main.o,$(OBJ))
UNIT  := $(sort $(wildcard tests/unit/test_*.c))
UNITBIN := $(UNIT:tests/unit/%.c=$(BUILD)/unit/%)
UNITOBJ := $(patsubst tests/unit/%.c,$(BUILD)/unit/%.o,$(filter-out $(UNIT),$(wildcard tests/unit/*.c)))
BENCH := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))

Q   := $(if $(filter 1,$(V)),,@)
say  = $(if $(filter 1,$(V)),@:,@printf '  %-5s %s\n' $(1) $(2))
RUN  = WEBMON_BUILD=$(BUILD) PYTHON=$(PYTHON) $(PYTHON) tests/run

.PHONY: all programs deps run demo check check-san checks unit golden readme pictures tui e2e bench lint format install uninstall deb clean dist \
	help FORCE

all: $(BUILD)/webmon ## build the program: build/webmon (the default)

deps: ## install what is missing: `make deps run` for building, `make deps check` for the tests too

programs: all $(UNITBIN)

run: all ## build, then open the dashboard on the built-in demo application (a snapshot of it where there is no terminal)
	@$(BUILD)/webmon demo

demo: run ## the same

check: programs ## all tests, the unit tests under sanitizers too; the last line is "N passed, N failed"
	+@$(MAKE) SAN=address,undefined programs
	+@$(MAKE) SAN=thread programs
	@$(RUN) tui e2e checks unit unit@address,undefined unit@thread

check-san: ## the whole program under address, undefined and thread sanitizers, and under valgrind
	+@$(MAKE) SAN=address,undefined programs
	+@$(MAKE) SAN=thread programs
	+@$(MAKE) SAN=valgrind
	@$(RUN) tui@address,undefined e2e@address,undefined tui@thread e2e@thread valgrind@valgrind

checks: ## rules of the house: who includes whom, banned functions, headers alone, tables against documents
	@$(RUN) checks

unit: $(UNITBIN) ## unit tests (cmocka)
	@$(RUN) unit

golden: $(UNITBIN) ## write the expected screens of tests/golden anew: read the diff as code
	$(Q)WEBMON_GOLDEN=write $(RUN) unit
	$(Q)git --no-pager diff --stat -- tests/golden 2>/dev/null || true

readme: all ## write the lists of options and keys in README.md, man pages and completions anew, as the program prints them
	$(Q)WEBMON=$(CURDIR)/$(BUILD)/webmon PYTHONPATH=tests/lib $(PYTHON) tests/checks/check_documents.py --write
	$(Q)WEBMON=$(CURDIR)/$(BUILD)/webmon PYTHONPATH=tests/lib $(PYTHON) tests/checks/check_dist.py --write

pictures: all ## take the README's pictures anew: the program before real servers on a bad day
	@WEBMON_BUILD=$(BUILD) $(PYTHON) tests/lab/pictures

tui: all ## the whole program in a pseudo-terminal
	@$(RUN) tui

e2e: all ## against real servers on loopback
	@$(RUN) e2e

# One after the other, also where several are asked for.
BENCH_ALONE = flock $(BUILD)/bench

bench: all $(BENCH) ## figures beside those of other programs, all goals; bench-g1, bench-g7, bench-tui ... for one of them
	@WEBMON_BUILD=$(BUILD) $(BENCH_ALONE) $(PYTHON) tests/bench/run

bench-%: all $(BENCH)
	@WEBMON_BUILD=$(BUILD) $(BENCH_ALONE) $(PYTHON) tests/bench/run $*

lint: ## static analysis: gcc -fanalyzer, clang-tidy and cppcheck where installed
	@CC='$(CC)' .ci/lint $(SRC) -- $(CPPFLAGS_ALL) -DWEBMON_PREFIX='"$(PREFIX)"' -std=c11 -O2 -Wall -Wextra

format: ## clang-format over the sources, in place; headers and the tables of tests are laid out by hand
	$(Q)find src -name '*.c' -exec clang-format -i {} +

# What is installed, a word each: FROM:MODE:TO. make uninstall takes the same away.
PROGRAM ?= $(BUILD)/webmon
WARES    = $(PROGRAM):755:$(PREFIX)/bin/webmon \
	$(foreach theme,$(wildcard themes/*.ini),$(theme):644:$(PREFIX)/share/webmon/$(theme)) \
	$(foreach file,README.md LICENSE webmon.ini $(wildcard src/dist/grafana/* src/dist/prometheus/*),\
		$(file):644:$(PREFIX)/share/doc/webmon/$(notdir $(file))) \
	$(foreach page,$(wildcard src/dist/man/webmon*),\
		$(page):644:$(PREFIX)/share/man/man$(lastword $(subst ., ,$(page)))/$(notdir $(page))) \
	src/dist/completion/webmon.bash:644:$(PREFIX)/share/bash-completion/completions/webmon \
	src/dist/completion/webmon.fish:644:$(PREFIX)/share/fish/vendor_completions.d/webmon.fish \
	src/dist/completion/_webmon:644:$(ZSHDIR)/_webmon \
	src/dist/webmon.logrotate:644:$(SYSCONFDIR)/logrotate.d/webmon \
	src/dist/systemd/webmon.sysusers:644:$(PREFIX)/lib/sysusers.d/webmon.conf \
	$(BUILD)/dist/webmon.service:644:$(UNITDIR)/webmon.service
ware = $(word $(1),$(subst :, ,$(2)))

install: $(PROGRAM) $(BUILD)/dist/webmon.service ## into DESTDIR and PREFIX (/usr/local): program, man pages, completions, unit
	$(Q)$(foreach w,$(WARES),install -D -m $(call ware,2,$(w)) $(call ware,1,$(w)) '$(DESTDIR)$(call ware,3,$(w))' && ):
	@printf '  %-5s %s\n' DONE 'webmon is in $(DESTDIR)$(PREFIX)/bin'

uninstall: ## what install has brought
	$(Q)rm -f $(foreach w,$(WARES),'$(DESTDIR)$(call ware,3,$(w))')
	$(Q)-rmdir $(DESTDIR)$(PREFIX)/share/webmon/themes $(DESTDIR)$(PREFIX)/share/webmon $(DESTDIR)$(PREFIX)/share/doc/webmon

# The package's program looks for its themes elsewhere; all but that one object is the same.
deb: $(BUILD)/deb/webmon ## build/webmon_VERSION_ARCH.deb: a Debian package
	+@MAKE='$(MAKE)' BUILD=$(BUILD) VERSION=$(VERSION) src/dist/deb/build

$(BUILD)/deb/webmon: $(filter-out $(BUILD)/face/tui/theme_find.o,$(OBJ)) $(BUILD)/deb/theme_find.o $(BUILD)/.objects
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(LIBS)

$(BUILD)/deb/theme_find.o: src/face/tui/theme_find.c $(BUILD)/.flags
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) -DWEBMON_PREFIX='"/usr"' $(CFLAGS_ALL) -c -o $@ $<

$(BUILD)/dist/webmon.service: src/dist/systemd/webmon.service.in FORCE
	$(Q)mkdir -p $(@D)
	$(Q)sed 's|@PREFIX@|$(PREFIX)|' $< > $@

dist: ## webmon-VERSION.tar.gz of what is committed
	git archive --prefix=webmon-$(VERSION)/ -o webmon-$(VERSION).tar.gz HEAD

clean: ## remove all that was built
	rm -rf build build-*

help: ## this list
	@printf 'make [TARGET] [SAN=address,undefined|thread] [V=1] [PREFIX=%s] [DESTDIR=]\n\n' '$(PREFIX)'
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  %-12s %s\n' "$$name" "$$text"; done

$(BUILD)/webmon: $(OBJ) $(BUILD)/.objects
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(OBJ) $(LIBS)

# The one that knows where the program is installed.
$(BUILD)/face/tui/theme_find.o: CPPFLAGS_ALL += -DWEBMON_PREFIX='"$(PREFIX)"'
$(BUILD)/face/tui/theme_find.o: $(BUILD)/.prefix

$(BUILD)/%.o: src/%.c $(BUILD)/.flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(BUILD)/libwebmon.a: $(LIB) $(BUILD)/.objects
	$(Q)rm -f $@
	$(Q)ar rcs $@ $(LIB)

$(BUILD)/unit/%.o: tests/unit/%.c $(BUILD)/.flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Kept, though only a step on the way to the program.
.SECONDARY: $(UNIT:tests/unit/%.c=$(BUILD)/unit/%.o) $(UNITOBJ)

# What tests share (a fleet of literals, expected pictures) lies beside them.
$(BUILD)/unit/%: $(BUILD)/unit/%.o $(UNITOBJ) $(BUILD)/libwebmon.a
	$(call say,TEST,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $< $(UNITOBJ) $(BUILD)/libwebmon.a $(LIBS) -lcmocka

$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/.flags
	$(call say,BENCH,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MF $@.d $(LDFLAGS_ALL) -o $@ $<

# Files that change only when the flags, or the list of objects, do.
$(BUILD)/.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL))' > $@

$(BUILD)/.prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' > $@

$(BUILD)/.objects: FORCE
	@mkdir -p $(@D)
	@echo '$(OBJ)' | cmp -s - $@ || echo '$(OBJ)' > $@

include tests/bench/load/rules.mk
-include $(OBJ:.o=.d) $(UNITBIN:=.d) $(UNITOBJ:.o=.d) $(BENCH:=.d)

endif
