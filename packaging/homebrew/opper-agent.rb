# Filled in by scripts/formula.ts when a release is made. For macOS alone: on Linux, Homebrew rewrites programs that it
# installs, and a program that carries its code behind itself may not survive that. There, install.sh does it.
class OpperAgent < Formula
  desc "Cost, cache hits and cache state of your coding-agent sessions"
  homepage "https://github.com/{{repository}}"
  version "{{version}}"
  license "MIT"

  depends_on :macos

  on_arm do
    url "https://github.com/{{repository}}/releases/download/v{{version}}/opper-agent-macos-arm64.tar.gz"
    sha256 "{{sha256 opper-agent-macos-arm64.tar.gz}}"
  end
  on_intel do
    url "https://github.com/{{repository}}/releases/download/v{{version}}/opper-agent-macos-x64.tar.gz"
    sha256 "{{sha256 opper-agent-macos-x64.tar.gz}}"
  end

  def install
    bin.install "opper-agent"
  end

  test do
    assert_match "opper-agent #{version}", shell_output("#{bin}/opper-agent --version")
    assert_match "No sessions", shell_output("#{bin}/opper-agent sessions --no-index")
  end
end
