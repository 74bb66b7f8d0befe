# Brings the .NET SDK that global.json names if it is missing, builds the pipeline when a source changed, and runs it.
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
$state = Join-Path $root '.slipway'
$program = Join-Path $state 'program/windows'
$stamp = Join-Path $program 'stamp'
$dotnet = 'dotnet'
$local = Join-Path $state 'dotnet/dotnet.exe'
if (Test-Path $local) { $dotnet = $local; $env:DOTNET_ROOT = Join-Path $state 'dotnet' }

function Test-Fresh {
    if (-not (Test-Path $stamp)) { return $false }
    $since = (Get-Item $stamp).LastWriteTimeUtc
    $files = @('Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props', 'global.json', '.editorconfig') |
        ForEach-Object { Get-Item (Join-Path $root $_) }
    $files += Get-ChildItem (Join-Path $root 'build') -Recurse |
        Where-Object { $_.FullName -notmatch '[\\/](bin|obj|node_modules)([\\/]|$)' }
    return -not ($files | Where-Object { $_.LastWriteTimeUtc -gt $since } | Select-Object -First 1)
}

if (-not (Test-Fresh)) {
    Push-Location $root
    try {
        & $dotnet --version *> $null
        if ($LASTEXITCODE -ne 0) {
            $version = (Get-Content (Join-Path $root 'global.json') -Raw | ConvertFrom-Json).sdk.version
            Write-Host "The .NET SDK $version is not on this machine; installing it into .slipway/dotnet"
            New-Item -ItemType Directory -Force $state | Out-Null
            $installer = Join-Path $state 'dotnet-install.ps1'
            Invoke-WebRequest 'https://dot.net/v1/dotnet-install.ps1' -OutFile $installer
            & $installer -Version $version -InstallDir (Join-Path $state 'dotnet') -NoPath
            $dotnet = $local
            $env:DOTNET_ROOT = Join-Path $state 'dotnet'
        }
        $started = Get-Date
        $log = & $dotnet publish build/Pipeline/Pipeline.csproj -c Release -o $program -p:GenerateDocumentationFile=false -p:RunAnalyzers=false -v minimal -nodeReuse:false 2>&1
        if ($LASTEXITCODE -ne 0) { $log | Write-Host; Write-Host 'The pipeline did not build; the log is above.'; exit 1 }
        New-Item -ItemType File -Force $stamp | Out-Null
        (Get-Item $stamp).LastWriteTime = $started
    } finally { Pop-Location }
}

$env:SLIPWAY_ROOT = $root
& $dotnet exec (Join-Path $program 'Slipway.dll') @args
exit $LASTEXITCODE
