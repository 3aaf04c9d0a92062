-- Drives Neovim's own language client against the server, as an editor's user does, and writes what it saw as JSON.
-- Environment: MOEPLAN_SERVER, the command as a JSON array; MOEPLAN_SEEN, the file to write. Works from Neovim 0.7 on.
local PATIENCE_MS = 20000

local function wait_for(what, condition)
  assert(vim.wait(PATIENCE_MS, condition, 10), 'waited in vain for ' .. what)
end

local buffer = vim.api.nvim_get_current_buf()
local client_id = vim.lsp.start_client({
  name = 'moeplan',
  cmd = vim.json.decode(vim.env.MOEPLAN_SERVER),
  root_dir = vim.fn.getcwd(),
})
assert(client_id, 'the server does not start')
vim.bo.filetype = 'moeplan'
vim.lsp.buf_attach_client(buffer, client_id)
wait_for('the first diagnostics', function() return #vim.diagnostic.get(buffer) > 0 end)

-- Puts the cursor behind the first character of a pattern's match, from the start of the text.
local function go_to(pattern)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search(pattern, 'cW') > 0, 'the text has no ' .. pattern)
end

local function ask(method, params)
  local answers = assert(vim.lsp.buf_request_sync(buffer, method, params, PATIENCE_MS), method .. ' has no answer')
  local answer = assert(answers[client_id], method .. ' has no answer')
  assert(not answer.error, method .. ': ' .. vim.inspect(answer.error))
  return answer.result
end

local function here() return vim.lsp.util.make_position_params(0, 'utf-16') end

local function text() return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n') end

local seen = {}

seen.diagnostics = {}
for _, each in ipairs(vim.diagnostic.get(buffer)) do
  table.insert(seen.diagnostics, {
    line = each.lnum + 1, column = each.col + 1, severity = each.severity, code = each.code, source = each.source,
  })
end

go_to([[\<DGX-H100\>]])
seen.hover = table.concat(vim.lsp.util.convert_input_to_markdown_lines(ask('textDocument/hover', here()).contents), '\n')

go_to([[model = \zsmodel-a]])
vim.lsp.buf.definition()
wait_for('the jump to the definition', function() return vim.fn.getline('.'):match('^model model%-a') ~= nil end)
seen.definition = { line = vim.fn.line('.'), column = vim.fn.col('.') }

vim.lsp.buf.rename('renamed')
wait_for('the new name', function() return text():match('model renamed') ~= nil end)
seen.renamed = text()

-- A value that is typed: the client sends the edit, the server completes what stands there now.
go_to([[node = \zsDGX-H100]])
vim.cmd([[normal! dt,]])
local completions = ask('textDocument/completion', here())
seen.completions = {}
for _, item in ipairs(completions.items or completions) do table.insert(seen.completions, item.label) end

-- Behind the sign stands what a value may be.
seen.signature = ask('textDocument/signatureHelp', here()).signatures[1].label

-- An edit that mends the plan takes its errors away.
vim.cmd([[silent %s/node = ,/node = DGX-H100,/e]])
-- What is offered for the error, by the client's own request.
go_to([[ep = \zs7]])
local actions = vim.lsp.util.make_given_range_params({ vim.fn.line('.'), vim.fn.col('.') - 1 }, { vim.fn.line('.'), vim.fn.col('.') - 1 }, buffer, 'utf-16')
actions.context = { diagnostics = {}, only = { 'quickfix' } }
seen.fixes = {}
for _, action in ipairs(ask('textDocument/codeAction', actions)) do table.insert(seen.fixes, action.title) end

vim.cmd([[silent %s/ep = 7/ep = 8/]])
wait_for('a plan without errors', function()
  return #vim.diagnostic.get(buffer, { severity = vim.diagnostic.severity.ERROR }) == 0
end)
seen.mended = text()

-- An untidy text is formatted as a whole.
vim.cmd([[silent %s/workload few {/workload   few{/]])
local edits = ask('textDocument/formatting', {
  textDocument = vim.lsp.util.make_text_document_params(buffer),
  options = { tabSize = 4, insertSpaces = false },
})
vim.lsp.util.apply_text_edits(edits, buffer, 'utf-16')
seen.formatted = text()

local handle = assert(io.open(vim.env.MOEPLAN_SEEN, 'w'))
handle:write(vim.json.encode(seen))
handle:close()

vim.lsp.stop_client(client_id)
wait_for('the end of the server', function() return vim.lsp.get_client_by_id(client_id) == nil end)
