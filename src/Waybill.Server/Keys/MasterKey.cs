using System.Security.Cryptography;
using Waybill.Server.Kernel;

namespace Waybill.Server.Keys;

/// <summary>
/// The key that wraps all others: <c>WAYBILL_MASTER_KEY</c>, or <c>master.key</c> in the data folder. Earlier ones (<c>WAYBILL_MASTER_KEY_OLD</c>,
/// and the file once the variable is set) open what is then wrapped anew.
/// </summary>
public sealed class MasterKey
{
    readonly string _file;
    readonly byte[] _key;
    readonly List<byte[]> _earlier = [];
    readonly string _source;
    bool _saved = true;

    MasterKey(WaybillOptions options, bool make)
    {
        _file = options.InData("master.key");
        var inFile = ReadFile(_file);
        if (options.MasterKey is { } set)
        {
            (_key, _source) = (set.ToArray(), "WAYBILL_MASTER_KEY");
            if (inFile is not null)
                _earlier.Add(inFile);
        }
        else if (inFile is not null)
            (_key, _source) = (inFile, _file);
        else if (make)
            // Written when something is wrapped with it: a start without the right key leaves nothing behind.
            (_key, _source, _saved) = (RandomNumberGenerator.GetBytes(Wrap.MasterBytes), _file, false);
        else
            throw new ConfigurationMistake(
                $"There is no {_file}, and WAYBILL_MASTER_KEY is not set. Set WAYBILL_DATA and WAYBILL_MASTER_KEY as the server has them, or start it once."
            );
        if (options.MasterKeyOld is { } old)
            _earlier.Add(old.ToArray());
    }

    /// <summary>For the server: without a key there will be one.</summary>
    public static MasterKey ReadOrMake(WaybillOptions options) => new(options, make: true);

    public static MasterKey Read(WaybillOptions options) => new(options, make: false);

    public byte[] Close(string purpose, int number, ReadOnlySpan<byte> secret) =>
        Wrap.Close(_key, purpose, number, secret);

    /// <exception cref="ConfigurationMistake">It was wrapped with another master key, or is damaged.</exception>
    public OpenKey Open(Key row) => OpenAny(row, out var earlier) is { } key && !earlier ? key : throw Wrong(row);

    /// <param name="row">The wrapped key.</param>
    /// <param name="earlier">It has to be wrapped anew.</param>
    /// <exception cref="ConfigurationMistake">No master key we have opens it.</exception>
    public OpenKey Open(Key row, out bool earlier) => OpenAny(row, out earlier) ?? throw Wrong(row);

    /// <summary>Before anything wrapped with it is written.</summary>
    public void Save()
    {
        if (_saved)
            return;
        OwnFile.Write(_file, System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(_key) + "\n"));
        _saved = true;
    }

    OpenKey? OpenAny(Key row, out bool earlier)
    {
        earlier = false;
        if (Wrap.TryOpen(_key, row.Purpose, row.Number, row.Wrapped) is { } secret)
            return new(row.Purpose, row.Number, row.CreatedAt, row.RetiredAt, secret);
        earlier = true;
        foreach (var key in _earlier)
            if (Wrap.TryOpen(key, row.Purpose, row.Number, row.Wrapped) is { } found)
                return new(row.Purpose, row.Number, row.CreatedAt, row.RetiredAt, found);
        return null;
    }

    ConfigurationMistake Wrong(Key row) =>
        new(
            $"The key {row.Purpose}-{row.Number} can't be opened with {(_saved ? _source : $"a new {_file}")}: it was wrapped with another master key. "
                + $"Set WAYBILL_MASTER_KEY to that one, or put the {Path.GetFileName(_file)} back that it was made with; to change the master key, set the earlier one as WAYBILL_MASTER_KEY_OLD. Nothing was changed."
        );

    static byte[]? ReadFile(string file)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            return ReadOptions.MasterKeyOf(File.ReadAllText(file))
                ?? throw new ConfigurationMistake(
                    $"{file} is damaged. Put back a copy of it, or set WAYBILL_MASTER_KEY to what it held: without it no key opens."
                );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationMistake($"{file} can't be read: {error.Message}");
        }
    }
}
