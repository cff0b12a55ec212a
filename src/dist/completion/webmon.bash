# bash completion of webmon, made by `make readme` from the program's own tables

_webmon()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	COMPREPLY=()
	case $before in
	-c|--config|--history|--log|--metrics-file|--diff|--from|--trace)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
		return ;;
	-i|--interval)
		return ;;
	-t|--timeout)
		return ;;
	-H|--header)
		return ;;
	-o|--option)
		mapfile -t COMPREPLY < <(compgen -S = -W 'apdex ascii auth bearer body body_file ca cert color compressed concurrency confirm connect_timeout connect_to depends down_after expect_body expect_cert_days expect_header expect_http expect_ip expect_json expect_status follow group header history http interface interval ip keep keepalive key load log log_format log_level maintenance max_bytes max_rate method metrics metrics_file mouse noproxy notify per_host pollers precise proxy resolve retry_interval slo slow slow_connect slow_dns slow_tls slow_transfer slow_wait tags theme timeout tls_min unix_socket up_after user user_agent utc verify witness' -- "$word")
		compopt -o nospace 2>/dev/null
		return ;;
	--only)
		return ;;
	--skip)
		return ;;
	--group)
		return ;;
	--shard)
		return ;;
	--source)
		return ;;
	--metrics)
		return ;;
	--theme)
		mapfile -t COMPREPLY < <(compgen -f -W "$(webmon --list-themes 2>/dev/null |
			cut -d ' ' -f 1)" -- "$word")
		return ;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W 'auto never 16 256 true' -- "$word")
		return ;;
	-f|--format)
		mapfile -t COMPREPLY < <(compgen -W 'table json csv markdown nagios openmetrics' -- "$word")
		return ;;
	-n|--rounds)
		return ;;
	--send-test)
		return ;;
	--port)
		return ;;
	--seed)
		return ;;
	esac
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '-c --config -i --interval -t --timeout -H --header -o --option --only --skip --group --shard --source --history --log --metrics --metrics-file --theme --color --ascii --precise --plain -f --format --diff -n --rounds --from --trace --evidence --send-test --port --seed -q --quiet -v --verbose --options --keys --classes --list-themes -V --version -h --help' -- "$word")
	elif ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W 'watch snapshot record view replay check demo' -- "$word")
	elif [[ ${COMP_WORDS[1]} == view || ${COMP_WORDS[1]} == replay ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		compopt -o filenames 2>/dev/null
	fi
}

complete -F _webmon webmon
