# The load detector's own bench: recorded traces, simulated targets, the choice of its constants checked on the other half.

LOADSIM    := $(BUILD)/bench/load-sim
LOADSIMOBJ := $(patsubst tests/bench/load/%.c,$(BUILD)/bench/load/%.o,$(sort $(wildcard tests/bench/load/*.c)))

.PHONY: bench-load bench-load-choice

bench bench-judge: $(LOADSIM)

bench-load: all $(LOADSIM) ## the load detector: score on recorded traces, false alarms and recall on simulated targets
	@$(PYTHON) tests/lab/score-load --traces tests/lab/traces --cmd '$(BUILD)/webmon replay {trace} -f csv'
	@$(LOADSIM) --cost
	@$(LOADSIM) --again --targets 240 --episodes 1000

bench-load-choice: all $(LOADSIM) ## the same, the constants chosen on one half of traces and targets and tried on the other
	@$(PYTHON) tests/bench/load/choose --sim $(LOADSIM)

$(LOADSIM): $(LOADSIMOBJ) $(BUILD)/libwebmon.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(LOADSIMOBJ) $(BUILD)/libwebmon.a $(LIBS)

$(BUILD)/bench/load/%.o: tests/bench/load/%.c $(BUILD)/.flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Itests/bench/load -MMD -MP -c -o $@ $<

-include $(LOADSIMOBJ:.o=.d)
