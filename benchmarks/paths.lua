-- wrk script: goes round the paths of the file $PATHS with the user agent of a mail client.
local requests, n, i = {}, 0, 0
local agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) OutlookDesktop/16.0"
function init()
  for path in io.lines(os.getenv("PATHS")) do
    n = n + 1
    requests[n] = wrk.format("GET", path, { ["User-Agent"] = agent, ["Accept"] = "image/*,*/*", ["Host"] = "127.0.0.1" })
  end
end
function request() i = i % n + 1; return requests[i] end
