# Sourced by bench: starts Waybill and its peers in a folder of their own on free loopback ports; stop_all ends each by its pid.
# Ports are chosen below the range the system hands out by itself.

dir='' waybill_pid='' nginx_dir='' postfix_dir=''

# On /var/tmp, a disk where /tmp may be memory: durability is what is measured. Postfix runs under its own user and must get in.
make_dir() { dir=$(mktemp -d /var/tmp/waybill-bench.XXXXXX); chmod 755 "$dir"; }

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

# need_peers COMMAND=PACKAGE...: need_packages, and the service each one brings is neither started nor enabled.
need_peers() {
  local policy=/usr/sbin/policy-rc.d pair fresh=() made=''
  for pair in "$@"; do command -v "${pair%%=*}" >/dev/null || fresh+=("${pair#*=}"); done
  [ ${#fresh[@]} -eq 0 ] && return
  if [ ! -e $policy ]; then made=1; printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null; as_root chmod 755 $policy; fi
  (need_packages "$@") || { [ -z "$made" ] || as_root rm -f $policy; exit 1; }
  [ -z "$made" ] || as_root rm -f $policy
  [ ! -d /run/systemd/system ] || for pair in "${fresh[@]}"; do as_root systemctl -q disable "${pair%-light}" 2>/dev/null || true; done
}

wait_for() { # wait_for SECONDS COMMAND...
  local until=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $until ] || return 1; sleep 0.2; done
}

start_waybill() {
  waybill_http=${waybill_http:-$(free_port)} waybill_https=${waybill_https:-$(free_port)} waybill_smtp=${waybill_smtp:-$(free_port)}
  rm -f "$dir/waybill.log"
  WAYBILL_DATA=$dir/data WAYBILL_DEMO=1 WAYBILL_HTTP_PORT=$waybill_http WAYBILL_HTTPS_PORT=$waybill_https WAYBILL_SMTP_PORT=$waybill_smtp \
    dotnet artifacts/waybill/Waybill.Server.dll >"$dir/waybill.log" 2>&1 &
  waybill_pid=$!
  wait_for 60 grep -q '^Waybill is ready' "$dir/waybill.log" || { tail "$dir/waybill.log" >&2; fail "Waybill did not start."; }
}

stop_waybill() {
  [ -n "$waybill_pid" ] || return 0
  kill -CONT "$waybill_pid" 2>/dev/null; kill "$waybill_pid" 2>/dev/null
  wait_for 20 sh -c "! kill -0 $waybill_pid" || kill -KILL "$waybill_pid"
  wait "$waybill_pid" 2>/dev/null; waybill_pid=''
}

# While a peer has its turn, Waybill must not use the processor for what it drains in the background, and is stopped.
pause_waybill() { kill -STOP "$waybill_pid"; }
resume_waybill() { kill -CONT "$waybill_pid"; }

# metric NAME [TAG]: the sum over the lines of the counter with the tag.
metric() {
  curl -sS --max-time 20 "http://127.0.0.1:$waybill_http/metrics" |
    awk -v name="$1" -v tag="${2:-}" 'index($0, name "{") == 1 && index($0, tag) { sub(/.*} /, ""); sum += $1 } END { printf "%d\n", sum }'
}

# cpu_ms PID...: what the processes have used so far.
cpu_ms() {
  local pid stat ms=0
  for pid in "$@"; do stat=$(</proc/"$pid"/stat); set -- ${stat##*) }; ms=$((ms + (${12} + ${13}) * 1000 / $(getconf CLK_TCK))); done
  echo $ms
}

nginx_workers() { local master; master=$(<"$nginx_dir/nginx.pid"); cat "/proc/$master/task/$master/children"; }

start_nginx() {
  nginx_dir=$dir/nginx nginx_off=$(free_port) nginx_log=$(free_port)
  mkdir -p "$nginx_dir"; chmod 777 "$nginx_dir"
  sed "s|@DIR@|$nginx_dir|g; s|@OFF@|$nginx_off|; s|@LOG@|$nginx_log|" benchmarks/nginx.conf >"$nginx_dir/nginx.conf"
  PATH=$PATH:/usr/sbin nginx -c "$nginx_dir/nginx.conf" -p "$nginx_dir" -e "$nginx_dir/error.log" || fail "nginx did not start."
}

# A private instance: the system's own Postfix, its configuration and its queue are not touched.
start_postfix() {
  postfix_dir=$dir/postfix postfix_port=$(free_port)
  mkdir -p "$postfix_dir"/{etc,spool,data}; chmod 755 "$postfix_dir" "$postfix_dir/etc"
  as_root chown postfix "$postfix_dir/data"
  sed "s|@PORT@|$postfix_port|" benchmarks/postfix/master.cf >"$postfix_dir/etc/master.cf"
  sed "s|@DIR@|$postfix_dir|g" benchmarks/postfix/main.cf >"$postfix_dir/etc/main.cf"
  as_root chown -R root:root "$postfix_dir/etc" "$postfix_dir/spool"
  as_root /usr/sbin/postfix -c "$postfix_dir/etc" start >"$dir/postfix.log" 2>&1 || { cat "$dir/postfix.log" >&2; fail "Postfix did not start."; }
  wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$postfix_port" || { tail "$postfix_dir/mail.log" >&2; fail "Postfix does not answer."; }
}

postfix_is_empty() { [ -z "$(as_root find "$postfix_dir"/spool/{incoming,active,deferred} -type f -print -quit)" ]; }

stop_all() {
  stop_waybill
  [ ! -s "$nginx_dir/nginx.pid" ] || kill "$(cat "$nginx_dir/nginx.pid")"
  if [ -n "$postfix_dir" ] && as_root test -s "$postfix_dir/spool/pid/master.pid"; then
    as_root kill "$(as_root cat "$postfix_dir/spool/pid/master.pid" | tr -d ' ')"
    wait_for 10 sh -c "! kill -0 $(as_root cat "$postfix_dir/spool/pid/master.pid" | tr -d ' ')"
  fi
  [ -z "$dir" ] || as_root rm -rf "$dir"
  dir='' nginx_dir='' postfix_dir=''
}
